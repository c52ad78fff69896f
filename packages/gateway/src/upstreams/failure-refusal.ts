/** What a caller is told when an upstream could not be reached or failed: never its address, which is in the call's record. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { TransportFailure } from "./transport.ts";

export function failureRefusal(failure: TransportFailure, service: string): Refusal {
  switch (failure.kind) {
    case "connect-failure":
      return { code: "upstream-unreachable", detail: `No connection to the upstream of ${service} could be made.` };
    case "timeout-connect":
      return { code: "upstream-unreachable", status: 504, detail: `No connection to the upstream of ${service} could be made in time.` };
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
