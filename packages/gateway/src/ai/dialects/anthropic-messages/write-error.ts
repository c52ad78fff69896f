/** Errors towards callers: `{"type": "error", "error": {type, message}, "request_id"}`, with the code and the fix in it. */
import type { CallerError } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function writeMessagesError(error: CallerError): JsonObject {
  const own = error.providerDialect === "anthropic-messages" ? error.provider?.type : undefined;
  return {
    type: "error",
    error: {
      type: own ?? typeOfStatus(error.status),
      message: error.message,
      code: error.code,
      ...(error.param !== undefined && { param: error.param }),
      ...(error.fix !== undefined && { fix: error.fix }),
      ...error.members,
    },
    ...(error.callId !== undefined && { request_id: error.callId }),
  };
}

function typeOfStatus(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 503:
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}
