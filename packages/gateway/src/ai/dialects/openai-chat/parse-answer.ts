/** Reads a provider's chat completion. What is no chat completion is an error, whatever its status said. */
import type { Answer, Choice } from "../../conversation/answer.ts";
import type { AssistantPart, Citation, TextPart } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { parseEmbeddedError } from "./errors.ts";
import { parseFinishReason } from "./finish-reason.ts";
import { parseUrl } from "./parse-parts.ts";
import { parseReasoningParts, signatureOf } from "./reasoning.ts";
import { parseUsage } from "./usage.ts";

export function parseChatAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("the provider's answer is no JSON object", body);
  if (body["error"] !== undefined && body["error"] !== null) return parseEmbeddedError(body);
  if (!isList(body["choices"]) || body["choices"].length === 0) return brokenAnswer("the provider's answer has no choices", body);
  return {
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdAt: asNumber(body["created"]),
    choices: asObjects(body["choices"]).map((choice) => parseChoice(choice, context)),
    usage: parseUsage(body["usage"], body["service_tier"]),
    serviceTier: asText(body["service_tier"]),
    systemFingerprint: asText(body["system_fingerprint"]),
  };
}

function parseChoice(choice: JsonObject, context: DecodingContext): Choice {
  const message = asObject(choice["message"]) ?? {};
  const parts: AssistantPart[] = parseReasoningParts(message);
  const text = parseText(message);
  if (text) parts.push(text);
  const refusal = asText(message["refusal"]);
  if (refusal) parts.push({ type: "refusal", text: refusal });
  for (const call of asObjects(message["tool_calls"])) parts.push(parseToolCall(call, context));
  for (const image of asObjects(message["images"])) {
    const url = asText(asObject(image["image_url"])?.["url"]);
    if (url !== undefined) parts.push({ type: "image", source: parseUrl(url) });
  }
  const audio = asText(asObject(message["audio"])?.["data"]);
  if (audio !== undefined) parts.push({ type: "audio", source: { type: "base64", mediaType: "audio/wav", data: audio } });
  return { parts, finish: parseFinishReason(asText(choice["finish_reason"]) ?? ""), logprobs: choice["logprobs"] ?? undefined };
}

function parseText(message: JsonObject): TextPart | null {
  const content = message["content"];
  const text = asText(content) ?? asObjects(content).map((part) => asText(part["text"]) ?? "").join("");
  if (text === "") return null;
  const citations = asObjects(message["annotations"]).flatMap((annotation) => parseCitation(annotation) ?? []);
  return { type: "text", text, citations: citations.length > 0 ? citations : undefined, signature: signatureOf(message) };
}

export function parseCitation(annotation: JsonObject): Citation | null {
  const cited = asObject(annotation["url_citation"]);
  if (!cited) return null;
  return {
    url: asText(cited["url"]), title: asText(cited["title"]), startIndex: asNumber(cited["start_index"]), endIndex: asNumber(cited["end_index"]),
    dialect: "openai-chat", raw: annotation,
  };
}

function parseToolCall(call: JsonObject, context: DecodingContext): AssistantPart {
  const id = asText(call["id"]) || context.makeId("call_");
  const custom = asObject(call["custom"]);
  if (custom) return { type: "tool-call", id, name: asText(custom["name"]) ?? "", arguments: asText(custom["input"]) ?? "", custom: true };
  const called = asObject(call["function"]) ?? {};
  return { type: "tool-call", id, name: asText(called["name"]) ?? "", arguments: argumentsText(called["arguments"]), signature: signatureOf(call) };
}

/** Some servers send the arguments as an object. */
export function argumentsText(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
