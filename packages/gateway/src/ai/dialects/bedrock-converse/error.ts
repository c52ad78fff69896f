/** Errors are `{message}` with the type in a header, or inside a stream an exception's type with the same. */
import type { Frame } from "../../conversation/dialect.ts";
import { asNumber, asObject, asText } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError, ProviderErrorKind } from "../../conversation/provider-error.ts";
import { exceptionMark } from "../../framing/aws-event-stream-reader.ts";

export function parseConverseError(status: number, body: JsonValue): ProviderError {
  const object = asObject(body);
  const message = asText(object?.["message"]) ?? asText(object?.["Message"]) ?? plainMessage(status, body);
  const type = asText(object?.["__type"])?.replace(/^.*#/, "");
  return { kind: kindOf(status, message), status, message, type, raw: body };
}

/** What each would have been answered with before the stream began. */
const statusOf: Readonly<Record<string, number>> = {
  throttlingException: 429, validationException: 400, internalServerException: 500, serviceUnavailableException: 503, modelTimeoutException: 504,
  modelStreamErrorException: 502, modelErrorException: 502, accessDeniedException: 403, resourceNotFoundException: 404, modelNotReadyException: 429, serviceQuotaExceededException: 429,
};

/** Undefined for a message that is no exception; `body` is undefined where it is not JSON. */
export function exceptionIn(body: JsonValue | undefined, { event, data }: Frame): ProviderError | undefined {
  return event.startsWith(exceptionMark) ? errorOfException(event.slice(exceptionMark.length), body ?? data) : undefined;
}

function errorOfException(exception: string, body: JsonValue): ProviderError {
  const name = exception.charAt(0).toLowerCase() + exception.slice(1);
  const original = asNumber(asObject(body)?.["originalStatusCode"]);
  const status = statusOf[name] ?? 500;
  const error = parseConverseError(original !== undefined && original >= 400 ? original : status, body);
  const message = asText(asObject(body)?.["originalMessage"]) ?? error.message;
  return { ...error, message, type: exception };
}

function kindOf(status: number, message: string): ProviderErrorKind {
  if (/input is too long|too many input tokens|prompt is too long|exceeds? the (?:maximum )?context|maximum tokens you requested exceeds/i.test(message)) return "context-length";
  if (/too many tokens per day|quota/i.test(message) && status === 429) return "quota";
  if (/security token (?:included in the request )?is (?:invalid|expired)|signature we calculated does not match/i.test(message)) return "authentication";
  return errorKindOfStatus(status);
}

function plainMessage(status: number, body: JsonValue): string {
  return saidMessage(body) ?? `Bedrock answered with status ${status} and no message`;
}
