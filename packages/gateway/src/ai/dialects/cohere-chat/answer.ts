/** Reads an answer of Cohere's v2 chat. */
import type { Answer, FinishReason } from "../../conversation/answer.ts";
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { readUsage } from "./usage.ts";

export function parseCohereAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  const message = asObject(asObject(body)?.["message"]);
  if (!isObject(body) || !message) return brokenAnswer(asText(asObject(body)?.["message"]) ?? "Cohere's answer has no message", body);
  return {
    id: asText(body["id"]),
    choices: [{ parts: readParts(message, context), finish: finishReason(asText(body["finish_reason"]) ?? "") }],
    usage: readUsage(asObject(body["usage"])),
  };
}

/** The plan comes before the calls, as text: that is what the model says to them. */
function readParts(message: JsonObject, context: DecodingContext): AssistantPart[] {
  const parts: AssistantPart[] = asObjects(message["content"]).map(readItem);
  const plan = asText(message["tool_plan"]);
  if (plan) parts.push({ type: "text", text: plan });
  for (const call of asObjects(message["tool_calls"])) {
    const called = asObject(call["function"]);
    parts.push({ type: "tool-call", id: asText(call["id"]) ?? context.makeId("call_"), name: asText(called?.["name"]) ?? "", arguments: asText(called?.["arguments"]) ?? "" });
  }
  return withCitations(parts, asObjects(message["citations"]));
}

function readItem(item: JsonObject): AssistantPart {
  switch (asText(item["type"]) ?? "") {
    case "text":
      return { type: "text", text: asText(item["text"]) ?? "" };
    case "thinking":
      return { type: "reasoning", text: asText(item["thinking"]) ?? "" };
    default:
      return { type: "native", dialect: "cohere-chat", kind: asText(item["type"]) ?? "", value: item };
  }
}

/** A citation's positions are in the content item that it names, the first text where it names none. */
function withCitations(parts: AssistantPart[], citations: readonly JsonObject[]): AssistantPart[] {
  if (citations.length === 0) return parts;
  const first = parts.findIndex(({ type }) => type === "text");
  return parts.map((part, index) => {
    if (part.type !== "text") return part;
    const own = citations.filter((citation) => {
      const named = asNumber(citation["content_index"]);
      return named !== undefined && parts[named]?.type === "text" ? named === index : index === first;
    });
    return own.length === 0 ? part : { ...part, citations: own.flatMap(readCitations) };
  });
}

/** One for each of its sources. */
export function readCitations(raw: JsonObject): readonly Citation[] {
  const sources = asObjects(raw["sources"]);
  return sources.length === 0 ? [readCitation(raw, undefined)] : sources.map((source) => readCitation(raw, source));
}

function readCitation(raw: JsonObject, source: JsonObject | undefined): Citation {
  const document = asObject(source?.["document"]);
  return {
    url: asText(document?.["url"]),
    title: asText(document?.["title"]) ?? asText(source?.["id"]),
    citedText: asText(document?.["text"]) ?? asText(document?.["snippet"]) ?? asText(raw["text"]),
    startIndex: asNumber(raw["start"]),
    endIndex: asNumber(raw["end"]),
    dialect: "cohere-chat",
    raw,
  };
}

const unifiedOf: Readonly<Record<string, FinishReason["unified"]>> = {
  COMPLETE: "stop", STOP_SEQUENCE: "stop-sequence", MAX_TOKENS: "length", TOOL_CALL: "tool-calls",
  ERROR: "error", TIMEOUT: "error", ERROR_LIMIT: "length", ERROR_TOXIC: "content-filter", USER_CANCEL: "error",
};

export function finishReason(raw: string): FinishReason {
  return { unified: unifiedOf[raw] ?? "unknown", raw };
}
