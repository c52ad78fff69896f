/** Reads a provider's chat completion. What is no chat completion is an error, whatever its status said. */
import type { Answer, Choice } from "../../conversation/answer.ts";
import type { AssistantPart, AudioPart, Citation, ImagePart, ReasoningPart, TextPart } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, asTime, isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { audioFormatOf } from "./audio-format.ts";
import { failedIn, parseEmbeddedError } from "./errors.ts";
import { parseChoiceFinish } from "./finish-reason.ts";
import { parseUrl } from "./media-url.ts";
import { parseReasoningParts, signatureOf } from "./reasoning.ts";
import { parseUsage } from "./usage.ts";

export function parseChatAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("the provider's answer is no JSON object", body);
  const failed = failedIn(body);
  if (failed) return parseEmbeddedError(failed);
  if (!isList(body["choices"]) || body["choices"].length === 0) return brokenAnswer("the provider's answer has no choices", body);
  return {
    id: asText(body["id"]),
    model: asText(body["model"]),
    createdAt: asTime(body["created"]),
    choices: asObjects(body["choices"]).map((choice) => parseChoice(choice, { context, sources: parseSources(body) })),
    usage: parseUsage(body["usage"], body["service_tier"]),
    serviceTier: asText(body["service_tier"]),
    systemFingerprint: asText(body["system_fingerprint"]),
  };
}

interface ChoiceContext {
  context: DecodingContext;
  /** Of the answer as a whole. */
  sources: readonly Citation[];
}

function parseChoice(choice: JsonObject, { context, sources }: ChoiceContext): Choice {
  const message = asObject(choice["message"]) ?? { content: choice["text"] };
  const parts: AssistantPart[] = [...parseReasoningParts(message), ...asObjects(message["content"]).flatMap((part) => parseThought(part) ?? [])];
  const text = parseText(message, sources);
  if (text) parts.push(text);
  const refusal = asText(message["refusal"]) ?? contentTexts(message["content"], "refusal");
  if (refusal) parts.push({ type: "refusal", text: refusal });
  for (const call of asObjects(message["tool_calls"])) parts.push(parseToolCall(call, context));
  const formerCall = asObject(message["function_call"]);
  if (formerCall && asText(formerCall["name"])) parts.push(parseToolCall({ function: formerCall }, context));
  const drawn = [...asObjects(message["content"]).filter(({ type }) => type === "image_url"), ...asObjects(message["images"])];
  parts.push(...drawn.flatMap((image) => parseImage(image) ?? []));
  const audio = parseAudio(asObject(message["audio"]));
  if (audio) parts.push(audio);
  return { parts, finish: parseChoiceFinish(choice, parts.some(({ type }) => type === "tool-call")), logprobs: choice["logprobs"] ?? undefined };
}

function parseText(message: JsonObject, sources: readonly Citation[]): TextPart | null {
  const text = asText(message["content"]) ?? contentTexts(message["content"], "text");
  const citations = [...asObjects(message["annotations"]).flatMap((annotation) => parseCitation(annotation) ?? []), ...sources];
  if (text === "" && citations.length === 0) return null;
  return { type: "text", text, citations: citations.length > 0 ? citations : undefined, signature: signatureOf(message) };
}

/** Some servers give content as a list, with what was thought in it; Databricks in summaries, which may be signed. */
export function parseThought(part: JsonObject): ReasoningPart | null {
  const summary = part["type"] === "reasoning" ? part["summary"] : undefined;
  const text = part["type"] === "thinking" ? (asText(part["thinking"]) ?? contentTexts(part["thinking"], "text")) : contentTexts(summary, "text");
  const signed = asObjects(summary).findLast((each) => asText(each["signature"]));
  if (text === "" && !signed) return null;
  return { type: "reasoning", text, signature: signed && { dialect: "openai-chat", value: asText(signed["signature"]) ?? "" } };
}

/** Its address or bytes are in an object, or stand alone as Mistral has them. */
export function parseImage({ image_url: image }: JsonObject): ImagePart | null {
  const url = asText(image) ?? asText(asObject(image)?.["url"]);
  return url === undefined ? null : { type: "image", source: parseUrl(url) };
}

export function contentTexts(content: JsonValue | undefined, member: "text" | "refusal"): string {
  return asObjects(content).map((part) => asText(part[member]) ?? "").join("");
}

export function parseAudio(audio: JsonObject | undefined): AudioPart | null {
  const data = asText(audio?.["data"]);
  if (!audio || data === undefined) return null;
  return { type: "audio", source: { type: "base64", mediaType: `audio/${audioFormatOf(data)}`, data }, transcript: asText(audio["transcript"]), id: asText(audio["id"]), expiresAt: asNumber(audio["expires_at"]) };
}

/** Perplexity tells what the whole of an answer rests on beside it: addresses, and of the same more than these. */
export function parseSources(body: JsonObject): readonly Citation[] {
  const results = asObjects(body["search_results"]);
  const urls = isList(body["citations"]) ? body["citations"].filter((url) => typeof url === "string") : results.flatMap(({ url }) => (typeof url === "string" ? [url] : []));
  return urls.map((url) => {
    const result = results.find((each) => each["url"] === url);
    return { url, title: asText(result?.["title"]), citedText: asText(result?.["snippet"]) || undefined, dialect: "openai-chat", raw: result ?? { url } };
  });
}

export function parseCitation(annotation: JsonObject): Citation | null {
  const cited = asObject(annotation["url_citation"]);
  if (!cited) return parseFileCitation(annotation);
  return {
    url: asText(cited["url"]), title: asText(cited["title"]), citedText: asText(cited["quote"]) ?? asText(cited["content"]), startIndex: asNumber(cited["start_index"]), endIndex: asNumber(cited["end_index"]),
    dialect: "openai-chat", raw: annotation,
  };
}

function parseFileCitation(annotation: JsonObject): Citation | null {
  const cited = asObject(annotation["file_citation"]);
  if (!cited) return null;
  return {
    title: asText(cited["filename"]) ?? asText(cited["file_id"]), citedText: asText(cited["quote"]), startIndex: asNumber(cited["start_index"]), endIndex: asNumber(cited["end_index"]), dialect: "openai-chat", raw: annotation,
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
