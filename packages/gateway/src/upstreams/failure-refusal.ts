/** What a caller is told when an upstream could not be reached or failed: never its address, which is in the call's record. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { TransportFailure } from "./transport.ts";

/** `before`: an earlier try of the same call was sent, and nobody knows what became of it. */
export function failureRefusal(failure: TransportFailure, service: string, before = false): Refusal {
  if (failure.notSent && before) return { code: "upstream-broken", detail: `The upstream of ${service} broke off after an earlier try had been sent, and could not be asked again. Whether it acted on the request is unknown.` };
  switch (failure.kind) {
    case "connect-failure":
      return { code: "upstream-unreachable", detail: `No connection to the upstream of ${service} could be made.` };
    case "timeout-connect":
      return { code: "upstream-unreachable", status: 504, detail: `No connection to the upstream of ${service} could be made in time.` };
    case "refused":
      return { code: "upstream-refused", detail: `The upstream of ${service} refused the call before it looked at it. Nothing was done.`, headers: { "Retry-After": "1" } };
    case "timeout-first-byte":
      return { code: "upstream-timeout", detail: `The upstream of ${service} took the request and did not answer in time. Whether it acted on it is unknown.` };
    case "timeout-idle":
      return { code: "upstream-timeout", detail: `The upstream of ${service} stopped in the middle of its answer.` };
    case "protocol":
      return { code: "upstream-broken", detail: `The upstream of ${service} did not answer in valid HTTP. Whether it acted on the request is unknown.` };
    case "reset":
    case "aborted":
      return { code: "upstream-broken", detail: `The upstream of ${service} closed the connection before its answer was complete. Whether it acted on the request is unknown.` };
  }
}
