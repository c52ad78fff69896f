/**
 * Hot path (benchmarks: http). What may be sent again. Nothing that could be applied twice: a method that is not
 * idempotent, without an Idempotency-Key, is repeated only where nothing of it was looked at. Nothing once the answer
 * has begun. And no more than a share of the traffic, so that a service in trouble does not get a multiple of its load.
 */
import type { Upstream } from "@parley/contract/config/upstream";
import type { TransportFailure } from "./transport.ts";

/** With its budget, so that a call comes to both at once: every call adds its share of a repetition, every repetition takes a whole one. */
export class RetryPlan {
  #left = burst;
  readonly statuses: ReadonlySet<number>;
  /** All tries, the first included. */
  readonly attempts: number;
  readonly connectFailure: boolean;
  readonly reset: boolean;
  readonly #share: number;

  constructor({ attempts, on, budget }: Upstream["retry"]) {
    this.statuses = statusesOf(on);
    this.attempts = attempts;
    this.connectFailure = on.includes("connect-failure");
    this.reset = on.includes("reset");
    this.#share = budget / 100;
  }

  called(): void {
    if (this.#left < burst) this.#left = Math.min(burst, this.#left + this.#share);
  }

  get left(): number {
    return this.#left;
  }

  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

/** So that a service with few calls has repetitions, too. */
const burst = 10;

function statusesOf(on: Upstream["retry"]["on"]): ReadonlySet<number> {
  const statuses = on.filter((condition) => typeof condition === "number");
  return statuses.length === 0 ? none : new Set(statuses);
}

/** One for the thousands of services that repeat after no status. */
const none: ReadonlySet<number> = new Set();

/** RFC 9110 §9.2.2, and the safe methods of WebDAV and QUERY. */
const idempotentMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "REPORT", "SEARCH", "QUERY"]);

export interface Tries {
  method: string;
  /** The call carries an Idempotency-Key: its sender says that it may be repeated. */
  keyed: boolean;
  /** Tries that have been made. */
  made: number;
  /** The body is there to be sent again, or there is none. */
  held: boolean;
  /** It is, and the call may be sent a second time. */
  repeatable: boolean;
  /** A target that has not been tried is left. */
  otherTarget: boolean;
  staleRepeated: boolean;
  /** The upstream has refused it before, without looking at it. */
  refusedBefore: boolean;
}

export type Repetition = "no" | "other-target" | "again" | "fresh-connection";

export function afterFailure(plan: RetryPlan, failure: TransportFailure, tries: Tries): Repetition {
  const connectFailed = failure.kind === "connect-failure" || failure.kind === "timeout-connect";
  if (connectFailed && failure.notSent) {
    if (tries.otherTarget) return "other-target";
    return plan.connectFailure && tries.made < plan.attempts && plan.take() ? "again" : "no";
  }
  if (failure.kind === "refused") return afterRefusal(plan, tries);
  if (failure.kind !== "reset" || !tries.repeatable || !mayRepeat(tries)) return "no";
  // A kept connection that the upstream had closed meanwhile says nothing about the upstream: not one of the configured tries.
  if (failure.reusedConnection && !tries.staleRepeated) return "fresh-connection";
  return plan.reset && tries.made < plan.attempts && plan.take() ? (tries.otherTarget ? "other-target" : "again") : "no";
}

/** Whatever the method, because nothing was done: once more than `attempts` says. Within the budget, for it may be too busy. */
function afterRefusal(plan: RetryPlan, { held, made, otherTarget, refusedBefore }: Tries): Repetition {
  if (!held || (refusedBefore && made >= plan.attempts) || !plan.take()) return "no";
  return otherTarget ? "other-target" : "again";
}

/** `retryAfterMs` is what the answer asks for; the same target is not asked before, and nobody waits longer than a while for it. */
export function afterStatus(plan: RetryPlan, answer: { status: number; retryAfterMs: number }, tries: Tries): Repetition {
  if (tries.made >= plan.attempts || !tries.repeatable || !mayRepeat(tries)) return "no";
  if (!tries.otherTarget && answer.retryAfterMs > longestWaitMs) return "no";
  if (!plan.take()) return "no";
  return tries.otherTarget ? "other-target" : "again";
}

const longestWaitMs = 5_000;

function mayRepeat({ method, keyed }: Tries): boolean {
  return idempotentMethods.has(method) || keyed;
}
