/**
 * A guarded write while the ledger is down, on a route that fails open (`conflict.ledgerDown: pass`): compared with what is there
 * and sent once, but without a place in a queue, a fence or an entry. Of two at the same moment one can be lost, so the route claims less.
 */
import { diagnose } from "../../diagnosis/index.ts";
import { guardsWrite } from "../../preconditions/index.ts";
import { takeAnswer } from "../../../../exchange/whole-answer.ts";
import { verdictOn } from "../representation/compared-tags.ts";
import { complain, type Complaint, complaintOfRow } from "../complaint.ts";
import type { GuardedCall } from "../guarded-call.ts";
import { outgoingWrite } from "./outgoing.ts";
import { needsPrecondition, preconditionComplaint } from "../precondition-complaint.ts";
import { givenTag, isNegotiated, recallAsked } from "../representation/asked-as.ts";
import { lookAsGiven } from "../representation/look-as-given.ts";
import { type Representation, shownTag } from "../representation/representation.ts";
import { answerPlainly, withoutForeignTag } from "./write-answer.ts";
import { ledgerIsDown } from "./without-ledger.ts";
import type { WriteRequest } from "./write-request.ts";
import { resultOf } from "./write-result.ts";

/** A key or a token is a promise that only the ledger can keep, so what carries one is refused as ever. */
export function mayPassUnplaced({ plan }: GuardedCall, request: WriteRequest): boolean {
  return plan.settings.ledgerDown === "pass" && request.idempotencyKey === null && request.lockToken === null;
}

export async function unplacedWrite(call: GuardedCall, request: WriteRequest): Promise<void> {
  const { plan, sink } = call;
  const looked = await look(call);
  if (looked !== null && "stop" in looked) return looked.stop();
  const complaint = looked === null ? null : judge(call, looked);
  if (complaint !== null) return complain(call, complaint);
  const write = outgoingWrite({ call, request, fence: null, current: looked?.current ?? null, merged: null });
  const taken = await takeAnswer(plan.next, write, { maxBytes: plan.maxBodyBytes, overflow: sink });
  const result = resultOf(taken, plan.isStale);
  switch (result.kind) {
    case "not-sent":
      return taken.kind === "fault" ? sink.fault(taken.refusal) : undefined;
    case "lost":
      return complain(call, complaintOfRow("responseLost"));
    case "conflict":
    case "refused":
    case "applied":
      return result.answer === null ? undefined : answerPlainly(withoutForeignTag(plan, result.answer), sink);
  }
}

/** What stands against the call, where its preconditions do not hold or nobody can say; null where nothing does. */
export async function unmetPrecondition(call: GuardedCall): Promise<(() => void) | null> {
  const looked = await look(call);
  if (looked === null) return null;
  if ("stop" in looked) return looked.stop;
  const complaint = judge(call, looked);
  return complaint === null ? null : () => complain(call, complaint);
}

interface Looked {
  current: Representation;
  /** The tag may be of another form than this one, and only the ledger would know. */
  isFormUnknown: boolean;
}

/** Null where nothing depends on what is there, or the caller may not see it and the upstream compares by itself. */
async function look(call: GuardedCall): Promise<Looked | { stop: () => void } | null> {
  const { preconditions, plan, sink } = call;
  const depends = preconditions.ifMatch !== null || preconditions.ifNoneMatch !== null || preconditions.ifUnmodifiedSince !== null || needsPrecondition(call);
  if (!depends) return null;
  let isUnknown = false;
  const { found } = await lookAsGiven(call, givenTag(call), (asking) => recallAsked(asking).catch((error: unknown) => {
    ledgerIsDown(error);
    isUnknown = true;
    return null;
  }));
  if (found.kind === "seen") return { current: found.current, isFormUnknown: isUnknown && isNegotiated(found.current) };
  if (found.kind === "failed") return { stop: () => sink.fault(found.refusal) };
  if (plan.validator === "native" && preconditions.ifMatch !== null) return null;
  return { stop: () => complain(call, complaintOfRow(preconditions.ifMatch === null ? "preconditionMissing" : "ifMatchFalse")) };
}

const ofUnknownForm = "The resource has several forms, and while the ledger is down nobody can say of which one the tag is. Read it again, and send the tag that it has then.";

/** Who changed it and what is the ledger's to tell; that it was changed is not. */
function judge(call: GuardedCall, { current, isFormUnknown }: Looked): Complaint | null {
  const { preconditions } = call;
  const etag = current.exists ? shownTag(current, 0) : null;
  if (needsPrecondition(call) && current.exists && (current.tag === null || !guardsWrite(preconditions, current))) return preconditionComplaint(etag, current.tag === null);
  const verdict = verdictOn(call, current);
  if (verdict.kind === "proceed") return null;
  const evidence = {
    stoppedBy: "precondition" as const, hadPrecondition: true, expectedAbsent: preconditions.ifNoneMatch?.kind === "any", tag: isFormUnknown ? ("expired-tag" as const) : null, base: null,
    current: { etag, digest: current.digest, document: undefined, exists: current.exists, revision: null, changedAt: null, changedBy: null }, intended: null, upstream: null, overlaps: null,
  };
  const diagnosis = diagnose(evidence);
  return { diagnosis: isFormUnknown ? { ...diagnosis, detail: ofUnknownForm } : diagnosis, evidence };
}
