/** Errors as `{"type": "error", "error": {type, message}}`, as an answer and as an event of a stream. */
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError, ProviderErrorKind } from "../../conversation/provider-error.ts";

const known: Readonly<Record<string, { kind: ProviderErrorKind; status: number }>> = {
  invalid_request_error: { kind: "invalid-request", status: 400 },
  authentication_error: { kind: "authentication", status: 401 },
  billing_error: { kind: "quota", status: 402 },
  permission_error: { kind: "permission", status: 403 },
  not_found_error: { kind: "not-found", status: 404 },
  request_too_large: { kind: "too-large", status: 413 },
  rate_limit_error: { kind: "rate-limited", status: 429 },
  api_error: { kind: "server", status: 500 },
  timeout_error: { kind: "timeout", status: 504 },
  overloaded_error: { kind: "overloaded", status: 529 },
};

/** `status` is null inside a stream, where the error's type tells what it would have been. */
export function parseMessagesError(status: number | null, body: JsonValue): ProviderError {
  const error = asObject(asObject(body)?.["error"]);
  const type = asText(error?.["type"]);
  const entry = type === undefined ? undefined : known[type];
  const actual = status ?? entry?.status ?? 500;
  const message = asText(error?.["message"]) ?? plainMessage(actual, body);
  return { kind: isContextLength(message) ? "context-length" : (entry?.kind ?? errorKindOfStatus(actual)), status: actual, message, type, raw: body };
}

function isContextLength(message: string): boolean {
  return /prompt is too long|exceed context limit|exceeds? the (?:maximum )?context/i.test(message);
}

function plainMessage(status: number, body: JsonValue): string {
  return saidMessage(body) ?? `the provider answered with status ${status} and no message`;
}
