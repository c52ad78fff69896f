/** Reads a message as the provider answered it. */
import type { Answer } from "../../conversation/answer.ts";
import { asObject, asObjects, asText, isList, isObject } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { parseMessagesError } from "./errors.ts";
import { parseStopReason } from "./finish-reason.ts";
import { parseBlock } from "./parse-blocks.ts";
import { parseMessagesUsage } from "./usage.ts";

export function parseMessagesAnswer(body: JsonValue): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("the provider's answer is no JSON object", body);
  if (body["type"] === "error" || isObject(body["error"])) return parseMessagesError(null, body);
  if (!isList(body["content"])) return brokenAnswer("the provider's answer has no content", body);
  const usage = asObject(body["usage"]);
  return {
    id: asText(body["id"]),
    model: asText(body["model"]),
    choices: [{ parts: asObjects(body["content"]).map(parseBlock), finish: parseStopReason(body) }],
    usage: usage && parseMessagesUsage(usage),
    serviceTier: asText(usage?.["service_tier"]),
  };
}
