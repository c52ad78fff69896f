/** 428, with the current tag and how to send the request again. `untagged`: it could be given no tag, so nothing can guard it. */
import { type Complaint, complaintOfRow } from "./complaint.ts";

export function preconditionComplaint(currentEtag: string | null, untagged = false): Complaint {
  if (!untagged) return complaintOfRow("preconditionMissing", { currentEtag });
  const complaint = complaintOfRow("preconditionMissing", { detail: "The resource is too large, or too different at each look, to be given an entity-tag, so no write to it could be guarded." });
  return { ...complaint, diagnosis: { ...complaint.diagnosis, subcause: "untagged" } };
}
