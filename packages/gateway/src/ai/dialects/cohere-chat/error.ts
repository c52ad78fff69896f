/** Errors are `{message}`, with an id at times. */
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";

export function parseCohereError(status: number, body: JsonValue): ProviderError {
  const message = asText(asObject(body)?.["message"]) ?? plainMessage(status, body);
  const isTooLong = /too many tokens|context length|exceeds? the maximum|maximum context/i.test(message) && status !== 429;
  return { kind: isTooLong ? "context-length" : status === 499 ? "timeout" : errorKindOfStatus(status), status, message, raw: body };
}

function plainMessage(status: number, body: JsonValue): string {
  return saidMessage(body) ?? `Cohere answered with status ${status} and no message`;
}
