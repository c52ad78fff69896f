/** Reads an answer of Converse. */
import type { Answer, FinishReason } from "../../conversation/answer.ts";
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText, firstMember, isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { finishReason } from "./finish-reason.ts";
import { readReasoning } from "./reasoning.ts";
import { readUsage } from "./usage.ts";

/** Bedrock gives an answer no id but that of the request, which is in a header. */
export function parseConverseAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  const message = asObject(asObject(asObject(body)?.["output"])?.["message"]);
  if (!isObject(body) || !isList(message?.["content"])) return brokenAnswer(asText(asObject(body)?.["message"]) ?? "Bedrock's answer has no message", body);
  const usage = asObject(body["usage"]);
  return {
    choices: [{ parts: asObjects(message["content"]).map((block) => readBlock(block, context)), finish: readFinish(body) }],
    usage: usage && readUsage(usage, body["serviceTier"]),
    serviceTier: asText(asObject(body["serviceTier"])?.["type"]),
  };
}

/** Which stop sequence it was stands among what the model itself said, where that was asked for. */
export function readFinish(body: JsonObject): FinishReason {
  const stopSequence = asText(asObject(body["additionalModelResponseFields"])?.["stop_sequence"]);
  return { ...finishReason(asText(body["stopReason"]) ?? ""), ...(stopSequence !== undefined && { stopSequence }) };
}

function readBlock(block: JsonObject, context: DecodingContext): AssistantPart {
  if (typeof block["text"] === "string") return { type: "text", text: block["text"] };
  const toolUse = asObject(block["toolUse"]);
  if (toolUse && toolUse["type"] !== "server_tool_use") {
    return { type: "tool-call", id: asText(toolUse["toolUseId"]) ?? context.makeId("tooluse_"), name: asText(toolUse["name"]) ?? "", arguments: JSON.stringify(toolUse["input"] ?? {}) };
  }
  const reasoning = asObject(block["reasoningContent"]);
  if (reasoning) return readReasoning(reasoning);
  const cited = asObject(block["citationsContent"]);
  if (cited) {
    const text = asObjects(cited["content"]).map((piece) => asText(piece["text"]) ?? "").join("");
    return { type: "text", text, citations: asObjects(cited["citations"]).map(readCitation) };
  }
  const media = readImage(asObject(block["image"])) ?? readAudio(asObject(block["audio"]));
  return media ?? { type: "native", dialect: "bedrock-converse", kind: firstMember(block) ?? "", value: block };
}

export function readImage(image: JsonObject | undefined): AssistantPart | null {
  const data = asText(asObject(image?.["source"])?.["bytes"]);
  return data === undefined ? null : { type: "image", source: { type: "base64", mediaType: `image/${asText(image?.["format"]) ?? "png"}`, data } };
}

function readAudio(audio: JsonObject | undefined): AssistantPart | null {
  const data = asText(asObject(audio?.["source"])?.["bytes"]);
  return data === undefined ? null : { type: "audio", source: { type: "base64", mediaType: `audio/${asText(audio?.["format"]) ?? "wav"}`, data } };
}

/** A citation holds for the whole of its text; its own positions are in the document that is cited. */
export function readCitation(raw: JsonObject): Citation {
  const location = asObject(raw["location"]);
  const web = asObject(location?.["web"]);
  return {
    url: asText(web?.["url"]) ?? (location?.["searchResultLocation"] ? asText(raw["source"]) : undefined),
    title: asText(raw["title"]) ?? asText(raw["source"]),
    citedText: asObjects(raw["sourceContent"]).map((piece) => asText(piece["text"]) ?? "").join("") || undefined,
    dialect: "bedrock-converse",
    raw,
  };
}
