/** Errors towards callers: the type where the AWS SDKs look for it in a body, beside the gateway's own code and fix. */
import type { CallerError } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";

/** The SDKs take a member `code` for the type, so that the problem code has another name. */
export function writeConverseError(error: CallerError): JsonObject {
  const draft: JsonDraft = { __type: exceptionOf(error.status), message: error.message, reason: error.code };
  if (error.fix !== undefined) draft["fix"] = error.fix;
  if (error.param !== undefined) draft["param"] = error.param;
  if (error.callId !== undefined) draft["callId"] = error.callId;
  return draft;
}

export function exceptionOf(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return "AccessDeniedException";
    case 404:
      return "ResourceNotFoundException";
    case 409:
      return "ConflictException";
    case 408:
    case 504:
      return "ModelTimeoutException";
    case 429:
      return "ThrottlingException";
    case 503:
    case 529:
      return "ServiceUnavailableException";
    default:
      return status >= 500 ? "InternalServerException" : "ValidationException";
  }
}
