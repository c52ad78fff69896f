/**
 * The order in which an unsafe method is judged, as data. The guard walks it from top to bottom, and the first row that holds
 * is the answer. Why this order:
 *
 *   1  what cannot be read cannot be judged                 (access, route and limits were before)
 *   2  a replayed early request must not touch any state    (RFC 8470)
 *   3  who floods with conflicts pays before costing more
 *   4  a repeated request gets its first answer             before If-Match, or a retry of what succeeded would get 412
 *   5  a lease excludes others                              whatever their tags say
 *   6  a write has to say what it is based on
 *   7  one writer at a time                                 a place in the queue, and a ledger to keep it in
 *   8  the preconditions themselves                         evaluated under the place in the queue, else they prove nothing
 *   9  what the upstream says                               diagnosed, then the strategy
 */
import type { ConflictCause, ConflictSubcause } from "@parley/contract/conflicts/cause";
import type { ProblemCode } from "@parley/contract/problems/table";

export type DecisionStep = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface DecisionRow {
  step: DecisionStep;
  situation: string;
  status: number;
  /** Null: the stored answer is replayed. */
  code: ProblemCode | null;
  /** Null where it is no conflict but a request that is not carried out. */
  cause: ConflictCause | null;
  subcause: ConflictSubcause | null;
  /** The answer says when to come back. */
  retryAfter: boolean;
}

type Short = [step: DecisionStep, situation: string, status: number, code: ProblemCode | null, cause: ConflictCause | null, subcause: ConflictSubcause | null, wait?: "retry-after"];

const rows = {
  malformed: [1, "a precondition cannot be read", 400, "malformed-precondition", null, null],
  earlyData: [2, "Early-Data: 1", 425, "too-early", null, null],
  contention: [3, "the consumer's contention budget is spent", 429, "contention-limit", "busy", "contention-budget", "retry-after"],
  keyMissing: [4, "Idempotency-Key missing where required", 400, "idempotency-key-missing", "idempotency", "missing"],
  keyMismatch: [4, "same key, other payload", 422, "idempotency-payload-mismatch", "idempotency", "payload-mismatch"],
  keyInFlight: [4, "same key still in flight", 409, "idempotency-in-flight", "idempotency", "in-flight", "retry-after"],
  keyDone: [4, "same key done: the stored answer is replayed", 200, null, null, null],
  keyUnknown: [4, "same key, outcome unknown", 409, "idempotency-outcome-unknown", "idempotency", "outcome-unknown"],
  leaseHeld: [5, "a lease, and no token", 423, "resource-locked", "locked", "held", "retry-after"],
  tokenUnknown: [5, "a token that is not the lease's", 423, "unknown-lock-token", "locked", "unknown-token"],
  leaseExpired: [5, "the caller's own lease expired or superseded", 412, "lock-expired", "locked", "expired"],
  preconditionMissing: [6, "required, and no precondition", 428, "precondition-required", "precondition-required", "missing"],
  queueFull: [7, "the queue for the resource is too long", 409, "resource-busy", "busy", "queue", "retry-after"],
  resting: [7, "the resource rests after an abnormal release", 409, "resource-busy", "busy", "lock-delay", "retry-after"],
  ledgerDown: [7, "the ledger is down", 503, "ledger-unavailable", "ledger-unavailable", "down", "retry-after"],
  ifMatchFalse: [8, "If-Match false, or the resource is absent", 412, "concurrent-modification", "concurrent-modification", null],
  ifNoneMatchFalse: [8, "If-None-Match and it exists", 412, "precondition-failed", "concurrent-modification", "created"],
  upstreamConflict: [9, "the upstream answers 409 or 412", 409, "state-mismatch", "state-mismatch", null],
  responseLost: [9, "the connection is lost after sending", 504, "outcome-unknown", "outcome-unknown", "lost-response"],
} as const satisfies Record<string, Short>;

export type Situation = keyof typeof rows;

/** In the order of evaluation. Cause and subcause of steps 8 and 9 are the ones before diagnosis has looked closer. */
export const decisionOrder: Readonly<Record<Situation, DecisionRow>> = Object.fromEntries(
  Object.entries<Short>(rows).map(([name, [step, situation, status, code, cause, subcause, wait]]) => [
    name,
    { step, situation, status, code, cause, subcause, retryAfter: wait === "retry-after" },
  ]),
) as Record<Situation, DecisionRow>;
