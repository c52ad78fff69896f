/** Hot path (benchmark: guard). Walks the decision order over what is known of a write so far. */
import { decisionOrder, type DecisionRow, type Situation } from "./decision-order.ts";
import type { PreconditionVerdict } from "./evaluate.ts";

/**
 * What is known of a write. The guard fills it as it goes and asks again after each look at the ledger or the upstream;
 * what is absent is not known yet or does not apply.
 */
export interface WriteFacts {
  malformed?: boolean;
  earlyData?: boolean;
  contentionSpent?: boolean;
  idempotency?: "not-used" | "missing" | "first" | "payload-mismatch" | "in-flight" | "done" | "outcome-unknown";
  lease?: "free" | "own" | "held" | "unknown-token" | "expired";
  /** The mode requires a precondition, the resource exists, and the request has none that guards. */
  preconditionMissing?: boolean;
  place?: "granted" | "queue-full" | "resting" | "ledger-down";
  verdict?: PreconditionVerdict;
  upstream?: "accepted" | "conflict" | "response-lost";
}

/** Null: nothing speaks against it so far. */
export function firstRefusal(facts: WriteFacts): { situation: Situation; row: DecisionRow } | null {
  const situation = firstSituation(facts);
  return situation === null ? null : { situation, row: decisionOrder[situation] };
}

function firstSituation(facts: WriteFacts): Situation | null {
  if (facts.malformed) return "malformed";
  if (facts.earlyData) return "earlyData";
  if (facts.contentionSpent) return "contention";
  return byIdempotency(facts.idempotency) ?? byLease(facts.lease) ?? byState(facts) ?? byUpstream(facts.upstream);
}

function byIdempotency(state: WriteFacts["idempotency"]): Situation | null {
  switch (state) {
    case "missing":
      return "keyMissing";
    case "payload-mismatch":
      return "keyMismatch";
    case "in-flight":
      return "keyInFlight";
    case "done":
      return "keyDone";
    case "outcome-unknown":
      return "keyUnknown";
    case "not-used":
    case "first":
    case undefined:
      return null;
  }
}

function byLease(state: WriteFacts["lease"]): Situation | null {
  switch (state) {
    case "held":
      return "leaseHeld";
    case "unknown-token":
      return "tokenUnknown";
    case "expired":
      return "leaseExpired";
    case "free":
    case "own":
    case undefined:
      return null;
  }
}

function byState(facts: WriteFacts): Situation | null {
  if (facts.preconditionMissing) return "preconditionMissing";
  if (facts.place === "queue-full") return "queueFull";
  if (facts.place === "resting") return "resting";
  if (facts.place === "ledger-down") return "ledgerDown";
  if (facts.verdict?.kind !== "failed") return null;
  return facts.verdict.by === "if-none-match" ? "ifNoneMatchFalse" : "ifMatchFalse";
}

function byUpstream(state: WriteFacts["upstream"]): Situation | null {
  if (state === "conflict") return "upstreamConflict";
  return state === "response-lost" ? "responseLost" : null;
}
