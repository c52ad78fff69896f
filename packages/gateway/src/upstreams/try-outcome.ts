/** Hot path (benchmarks: http). What became of a try, in the words of those who are told. */
import type { TransportFailure } from "./transport.ts";

/** As the metrics count it. */
export function outcomeOf({ notSent, kind }: TransportFailure): "connect-failure" | "timeout" | "failed" {
  if (notSent && kind !== "refused") return "connect-failure";
  return kind.startsWith("timeout") ? "timeout" : "failed";
}

/** As the balancer is told: who refuses one call takes others, and is there. */
export function tryOutcome({ notSent, kind }: TransportFailure): "connect-failure" | "failed" {
  return notSent && kind !== "refused" ? "connect-failure" : "failed";
}

/** As the call's record has it. */
export function failureWord({ kind }: TransportFailure): string {
  return kind.startsWith("timeout") ? "timeout" : kind;
}

/** Said by what stands before the service, or by the service of itself: it is not there. */
export function isUnavailable(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
