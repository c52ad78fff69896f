/** Errors are `{"error": "…"}`, with a status before an answer and without one inside a stream. */
import { asNumber, asObject, asText } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError, ProviderErrorKind } from "../../conversation/provider-error.ts";

export function parseError(status: number, body: JsonValue): ProviderError {
  const error = asObject(body)?.["error"];
  const message = asText(error) ?? asText(asObject(error)?.["message"]) ?? saidMessage(body) ?? `Ollama answered ${status} without an error that can be read`;
  const said = asNumber(asObject(body)?.["status_code"]) ?? status;
  return { kind: kindOf(said, message), status: said, message, type: asText(asObject(error)?.["type"]), code: asText(asObject(error)?.["code"]), raw: body };
}

function kindOf(status: number, message: string): ProviderErrorKind {
  if (/exceeds? (?:the )?(?:available |maximum )?context|context length/i.test(message)) return "context-length";
  if (/server busy|maximum pending requests/i.test(message)) return "overloaded";
  if (/model .*not found/i.test(message)) return "not-found";
  return errorKindOfStatus(status);
}
