/** What an upstream's answer says about a write, and what of it is kept for a repetition. */
import type { StoredResponse } from "@parley/stores/ports/ledger";
import type { Answer, Taken } from "../../../../exchange/whole-answer.ts";
import type { StaleAnswers } from "../../requests/stale-answers.ts";
import { withoutFields } from "../../../../exchange/raw-fields.ts";

export type WriteResult =
  | { kind: "applied"; status: number; rawHeaders: string[]; answer: Answer | null }
  /** Null, here and above, where it was too long to be held: the client has it already. */
  | { kind: "refused"; answer: Answer | null }
  /** 409, 412, or what the service says the same with: somebody has to look why. */
  | { kind: "conflict"; answer: Answer }
  /** No byte reached the upstream, or it cannot have acted on what did. */
  | { kind: "not-sent" }
  | { kind: "lost" };

export function resultOf(taken: Taken, isStale: StaleAnswers["matches"]): WriteResult {
  if (taken.kind === "fault") return faultResult(taken);
  if (taken.kind === "too-long" && taken.status >= 400 && taken.status < 500) return { kind: "refused", answer: null };
  if (taken.kind === "too-long") return { kind: "applied", status: taken.status, rawHeaders: taken.rawHeaders, answer: null };
  const { answer } = taken;
  if (answer.status === 409 || answer.status === 412 || isStale(answer)) return { kind: "conflict", answer };
  if (answer.status >= 400 && answer.status < 500) return { kind: "refused", answer };
  // A server that failed may have written before it did: what is there now is unknown, which is a change.
  return { kind: "applied", status: answer.status, rawHeaders: answer.rawHeaders, answer };
}

/** Nothing was sent or looked at, or the request itself broke off, which no server acts on. */
const withoutEffect: ReadonlySet<string> = new Set(["upstream-unreachable", "upstream-refused", "upstream-resting", "upstream-saturated", "body-too-large", "request-timeout", "batch-refused"]);

function faultResult({ refusal }: Extract<Taken, { kind: "fault" }>): WriteResult {
  return withoutEffect.has(refusal.code) ? { kind: "not-sent" } : { kind: "lost" };
}

/** Answers that say "not now" or "not you" are given anew each time. */
const notKept: ReadonlySet<number> = new Set([401, 403, 408, 409, 412, 423, 425, 429, 502, 503, 504]);

/** Null gives the key back. */
export function storedResponse(status: number, rawHeaders: readonly string[], body: Buffer | null): StoredResponse | null {
  if (notKept.has(status)) return null;
  return { status, rawHeaders: withoutFields(rawHeaders, ofOneCall(body)), body: body === null ? null : body.toString("base64") };
}

function ofOneCall(body: Buffer | null): ReadonlySet<string> {
  return new Set(["date", "connection", "parley-call-id", "ratelimit", "ratelimit-policy", ...(body === null ? ["content-length"] : [])]);
}
