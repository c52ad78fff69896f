/**
 * What may be sent again. Nothing that could be applied twice: a method that is not idempotent is repeated only where
 * no connection was made at all. And nothing once the answer has begun.
 */
import type { Upstream } from "@parley/contract/config/upstream";
import type { TransportFailure } from "./transport.ts";

export interface RetryPlan {
  /** All tries, the first included. */
  attempts: number;
  connectFailure: boolean;
  reset: boolean;
  statuses: ReadonlySet<number>;
}

export function compileRetry(retry: Upstream["retry"]): RetryPlan {
  return {
    attempts: retry.attempts,
    connectFailure: retry.on.includes("connect-failure"),
    reset: retry.on.includes("reset"),
    statuses: new Set(retry.on.filter((condition) => typeof condition === "number")),
  };
}

/** RFC 9110 §9.2.2, and the safe methods of WebDAV and QUERY. */
const idempotentMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "REPORT", "SEARCH", "QUERY"]);

export interface Tries {
  method: string;
  /** Tries that have been made. */
  made: number;
  /** The body is there to be sent again, or there is none. */
  repeatable: boolean;
  /** A target that has not been tried is left. */
  otherTarget: boolean;
  staleRepeated: boolean;
}

export type Repetition = "no" | "other-target" | "again" | "fresh-connection";

export function afterFailure(plan: RetryPlan, failure: TransportFailure, tries: Tries): Repetition {
  const connectFailed = failure.kind === "connect-failure" || failure.kind === "timeout-connect";
  if (connectFailed && failure.notSent) {
    if (tries.otherTarget) return "other-target";
    return plan.connectFailure && tries.made < plan.attempts ? "again" : "no";
  }
  if (failure.kind !== "reset" || !tries.repeatable || !idempotentMethods.has(tries.method)) return "no";
  // A kept connection that the upstream had closed meanwhile says nothing about the upstream: not one of the configured tries.
  if (failure.reusedConnection && !tries.staleRepeated) return "fresh-connection";
  return plan.reset && tries.made < plan.attempts ? (tries.otherTarget ? "other-target" : "again") : "no";
}

export function afterStatus(plan: RetryPlan, status: number, tries: Tries): Repetition {
  if (plan.statuses.size === 0 || !plan.statuses.has(status) || tries.made >= plan.attempts) return "no";
  if (!tries.repeatable || !idempotentMethods.has(tries.method)) return "no";
  return tries.otherTarget ? "other-target" : "again";
}
