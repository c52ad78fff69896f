/** Errors towards callers: google.rpc.Status, with the code and the fix in its ErrorInfo. https://google.aip.dev/193 */
import type { CallerError } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function writeGeminiError(error: CallerError): JsonObject {
  const own = error.code === "provider-error" && error.providerDialect === "gemini" ? error.provider?.type : undefined;
  const metadata = { fix: error.fix, param: error.param, callId: error.callId };
  return {
    error: {
      code: error.status,
      message: error.message,
      status: own ?? statusName(error.status),
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: error.code, domain: "parley", metadata }],
    },
  };
}

function statusName(status: number): string {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 503:
    case 529:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}
