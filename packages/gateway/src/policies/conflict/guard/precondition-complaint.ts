/** 428: which writes need a precondition, and what is said to one that has none. */
import { type Complaint, complaintOfRow } from "./complaint.ts";
import type { GuardedCall } from "./guarded-call.ts";

const replacing: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"]);

export function needsPrecondition({ plan, exchange }: GuardedCall): boolean {
  return plan.required && replacing.has(exchange.method);
}

/** With the current tag and how to send the request again. `untagged`: it could be given no tag, so nothing can guard it. */
export function preconditionComplaint(currentEtag: string | null, untagged = false): Complaint {
  if (!untagged) return complaintOfRow("preconditionMissing", { currentEtag });
  const complaint = complaintOfRow("preconditionMissing", { detail: "The resource is too large, or too different at each look, to be given an entity-tag, so no write to it could be guarded." });
  return { ...complaint, diagnosis: { ...complaint.diagnosis, subcause: "untagged", retry: { strategy: "none" } } };
}
