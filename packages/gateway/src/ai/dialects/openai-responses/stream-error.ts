/** Errors inside of a stream: an `error` event, flat or with an object in it, or a response that failed. */
import { asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { parseEmbeddedError } from "../openai-chat/errors.ts";

export function errorOfEvent(event: JsonObject): ProviderError {
  return parseEmbeddedError(asObject(event["error"]) ? event : { error: { ...event, type: undefined } });
}

export function errorOfFailedResponse(response: JsonObject): ProviderError {
  return parseEmbeddedError({ error: asObject(response["error"]) ?? { message: "the response failed, and the provider did not say why" } });
}
