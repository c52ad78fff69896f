/** Google's error envelope (google.rpc.Status), alone or in a list as a stream without SSE has it. https://google.aip.dev/193 */
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError, ProviderErrorKind } from "../../conversation/provider-error.ts";
import { asNumber, asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

export function parseError(status: number, body: JsonValue): ProviderError {
  const error = asObject(asObject(isList(body) ? body[0] : body)?.["error"]);
  if (error === undefined) {
    return { kind: errorKindOfStatus(status), status, message: saidMessage(body) ?? `Gemini answered ${status} without an error that can be read`, raw: body };
  }
  return readError(error, { status, body });
}

/** An error inside an answer or a stream that began well: its own `code` is the status. */
export function errorInside(error: JsonObject, body: JsonValue): ProviderError {
  return readError(error, { status: asNumber(error["code"]) ?? 502, body });
}

function readError(error: JsonObject, answer: { status: number; body: JsonValue }): ProviderError {
  const details = asObjects(error["details"]);
  const reason = details.map((detail) => asText(detail["reason"])).find((text) => text !== undefined);
  const type = asText(error["status"]);
  const message = asText(error["message"]) ?? type ?? `Gemini answered ${answer.status}`;
  return {
    kind: kindOf({ status: answer.status, type, reason, message }),
    status: answer.status,
    message,
    type,
    code: reason,
    retryAfterMs: retryAfterMs(details),
    raw: answer.body,
  };
}

const kindOfType: Readonly<Record<string, ProviderErrorKind>> = {
  UNAUTHENTICATED: "authentication",
  PERMISSION_DENIED: "permission",
  NOT_FOUND: "not-found",
  RESOURCE_EXHAUSTED: "rate-limited",
  UNAVAILABLE: "overloaded",
  DEADLINE_EXCEEDED: "timeout",
  INTERNAL: "server",
  UNKNOWN: "server",
};

/** A key that is not valid is a 400 here, and so is a prompt that is too long. */
function kindOf(error: { status: number; type: string | undefined; reason: string | undefined; message: string }): ProviderErrorKind {
  if (error.reason === "API_KEY_INVALID" || /api key (?:not valid|expired)/i.test(error.message)) return "authentication";
  if (/token count .*exceeds the maximum|input context is too long/i.test(error.message)) return "context-length";
  if (/request payload size exceeds/i.test(error.message)) return "too-large";
  return kindOfType[error.type ?? ""] ?? errorKindOfStatus(error.status);
}

/** google.rpc.RetryInfo says `34s` or `1.5s`. */
function retryAfterMs(details: readonly JsonObject[]): number | undefined {
  const delay = details.map((detail) => asText(detail["retryDelay"])).find((text) => text !== undefined);
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? "")?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}
