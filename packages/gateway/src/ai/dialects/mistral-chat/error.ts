/**
 * Errors have three forms: `{object: "error", message, type, param, code}`, whose message may be an object itself;
 * `{detail: [{loc, msg}]}` from the check of the request; and `{message}` from the proxy before it all.
 */
import { asNumber, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError, ProviderErrorKind } from "../../conversation/provider-error.ts";

export function parseError(status: number, body: JsonValue): ProviderError {
  const error = asObject(asObject(body)?.["error"]) ?? asObject(body) ?? {};
  const complaints = asObjects(error["detail"] ?? asObject(error["message"])?.["detail"]);
  const message = asText(error["message"]) ?? asText(error["detail"]) ?? complaintText(complaints) ?? saidMessage(body) ?? `Mistral answered ${status} without an error that can be read`;
  const type = asText(error["type"]);
  return {
    kind: kindOf({ status, type, message }),
    status,
    message,
    type,
    code: asText(error["code"]) ?? asNumber(error["code"])?.toString(),
    param: asText(error["param"]) ?? parameterOf(complaints[0]),
    raw: body,
  };
}

/** True for an error where an answer should be. */
export function isError(body: JsonObject): boolean {
  return body["object"] === "error" || (body["error"] ?? null) !== null || ((body["detail"] ?? null) !== null && (body["choices"] ?? null) === null);
}

/** Inside a stream the error itself says which status it would have had. */
export function errorInside(body: JsonObject): ProviderError {
  const status = asNumber(body["raw_status_code"]) ?? asNumber(asObject(body["error"])?.["raw_status_code"]);
  return parseError(status ?? 502, body);
}

function kindOf(error: { status: number; type: string | undefined; message: string }): ProviderErrorKind {
  if (/too large for model with \d+ maximum context|maximum context length/i.test(error.message)) return "context-length";
  if (error.type === "invalid_model") return "not-found";
  if (/capacity_exceeded/.test(error.type ?? "")) return error.status === 429 ? "rate-limited" : "overloaded";
  return errorKindOfStatus(error.status);
}

/** `messages.0.content: field required`, for each complaint. */
function complaintText(complaints: readonly JsonObject[]): string | undefined {
  if (complaints.length === 0) return undefined;
  return complaints.map((complaint) => [parameterOf(complaint), asText(complaint["msg"])].filter((text) => text !== undefined).join(": ")).join("; ");
}

/** Where in the request it is, without the leading `body`. */
function parameterOf(complaint: JsonObject | undefined): string | undefined {
  const location = complaint?.["loc"];
  if (!Array.isArray(location)) return undefined;
  return location.filter((step) => step !== "body").join(".");
}
