/** Steps 6 and 8 of the decision order, under the place: whether what is there is what the write's client goes by, and what becomes of it where it is not. */
import { guardsWrite } from "../../preconditions/index.ts";
import { needsPrecondition, preconditionComplaint } from "../precondition-complaint.ts";
import { verdictOn } from "../representation/compared-tags.ts";
import { shownTag } from "../representation/representation.ts";
import type { Looked } from "../resolution/evidence.ts";
import { keepOverwritten, resolveMismatch, type Resolution } from "../resolution/resolution.ts";
import type { Placed } from "./placed.ts";
import type { WriteRequest } from "./write-request.ts";

export async function judge(looked: Looked, request: WriteRequest, { place }: Placed): Promise<Resolution> {
  const { call, current } = looked;
  if (current === null) return { kind: "proceed", merged: null };
  if (needsPrecondition(call) && current.exists && place.sent !== true && (current.tag === null || !guardsWrite(call.preconditions, current))) {
    return { kind: "complaint", complaint: preconditionComplaint(shownTag(current, place.state?.revision ?? 0), current.tag === null) };
  }
  if (call.plan.settings.strategy === "last-write-wins") await keepOverwritten(looked);
  const verdict = verdictOn(call, current);
  if (verdict.kind === "proceed") return { kind: "proceed", merged: null };
  return resolveMismatch(looked, request, verdict.kind === "failed" ? verdict.by : "if-none-match");
}
