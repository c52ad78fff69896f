/** Errors inside of a stream: an `error` event, flat or with an object in it, or a response that failed. */
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { parseChatError, parseEmbeddedError } from "../openai-chat/errors.ts";

/** What OpenAI's codes would have been answered with before the stream began. */
const statusOfCode: Readonly<Record<string, number>> = { rate_limit_exceeded: 429, insufficient_quota: 429, server_overloaded: 503, context_length_exceeded: 400, invalid_prompt: 400 };

export function errorOfEvent(event: JsonObject): ProviderError {
  const inner = asObject(event["error"]);
  return inner ? withStatus(inner, event) : withStatus(event, { error: { ...event, type: undefined } });
}

export function errorOfFailedResponse(response: JsonObject): ProviderError {
  const error = asObject(response["error"]) ?? { message: "the response failed, and the provider did not say why" };
  return withStatus(error, { error });
}

function withStatus(error: JsonObject, body: JsonObject): ProviderError {
  const status = statusOfCode[asText(error["code"]) ?? ""];
  return status === undefined ? parseEmbeddedError(body) : parseChatError(status, body);
}
