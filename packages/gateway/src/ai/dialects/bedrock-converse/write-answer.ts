/** Writes an answer as Converse has it. */
import type { Answer, FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart, Citation, ReasoningPart } from "../../conversation/content.ts";
import { asNumber, asText } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { markSignature } from "../../conversation/marked-signature.ts";
import { toldTier } from "../../conversation/service-tier.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";

export function writeConverseAnswer(answer: Answer): JsonObject {
  const [choice] = answer.choices;
  return {
    output: { message: { role: "assistant", content: (choice?.parts ?? []).flatMap(writeBlocks) } },
    stopReason: choice ? writeStopReason(choice.finish) : "end_turn",
    ...(choice && writeStopSequence(choice.finish)),
    usage: writeConverseUsage(answer.usage),
    metrics: { latencyMs: 0 },
    ...writeTier(answer.usage),
  };
}

/** Bedrock tells it among what the model itself said. */
export function writeStopSequence({ stopSequence }: FinishReason): JsonObject {
  return stopSequence === undefined ? {} : { additionalModelResponseFields: { stop_sequence: stopSequence } };
}

export function writeTier(usage: Usage | undefined): JsonObject {
  return usage?.serviceTier === undefined ? {} : { serviceTier: { type: toldTier(usage.serviceTier, "default") } };
}

/** What is said in a sound is a text behind it. */
function writeBlocks(part: AssistantPart): JsonObject[] {
  const block = writeSaid(part);
  if (!block) return [];
  return part.type === "audio" && part.transcript && block["audio"] !== undefined ? [block, { text: part.transcript }] : [block];
}

/** Null for what an answer of this dialect cannot hold. */
export function writeSaid(part: AssistantPart): JsonObject | null {
  switch (part.type) {
    case "text":
      return part.citations && part.citations.length > 0 ? { citationsContent: { content: [{ text: part.text }], citations: part.citations.map(writeCitation) } } : { text: part.text };
    case "refusal":
      return { text: part.text };
    case "reasoning":
      return writeSaidReasoning(part);
    case "tool-call":
      return { toolUse: { toolUseId: part.id, name: part.name, input: part.custom ? { input: part.arguments } : (parseArguments(part.arguments) ?? {}) } };
    case "image":
      return part.source.type === "base64" ? { image: { format: part.source.mediaType.replace(/^image\//, ""), source: { bytes: part.source.data } } } : null;
    case "native":
      return part.dialect === "bedrock-converse" ? part.value : null;
    case "audio":
      if (part.source.type === "base64" && part.source.data !== "") return { audio: { format: part.source.mediaType.replace(/^audio\//, ""), source: { bytes: part.source.data } } };
      return part.transcript ? { text: part.transcript } : null;
  }
}

/** Encrypted thinking of Anthropic's is wrapped in base64 once more, as Bedrock does. */
function writeSaidReasoning({ text, signature, redacted }: ReasoningPart): JsonObject {
  if (redacted) return { reasoningContent: { redactedContent: redacted.dialect === "bedrock-converse" ? redacted.value : Buffer.from(markSignature(redacted, "anthropic-messages")).toString("base64") } };
  const reasoningText: JsonDraft = { text };
  if (signature) reasoningText["signature"] = writeSaidSignature(signature);
  return { reasoningContent: { reasoningText } };
}

export function writeSaidSignature(signature: NonNullable<ReasoningPart["signature"]>): string {
  return signature.dialect === "bedrock-converse" ? signature.value : markSignature(signature, "anthropic-messages");
}

export function writeCitation(citation: Citation): JsonObject {
  if (citation.dialect === "bedrock-converse") return citation.raw;
  return {
    ...(citation.title !== undefined && { title: citation.title }),
    ...(citation.citedText !== undefined && { sourceContent: [{ text: citation.citedText }] }),
    ...writeLocation(citation),
  };
}

/** Anthropic has the same places in the same words, but for one. */
function writeLocation({ url, dialect, raw }: Citation): JsonObject {
  const place = (kind: string, [start, end]: [string, string]): JsonObject => ({ location: { [kind]: { documentIndex: asNumber(raw["document_index"]) ?? 0, start: asNumber(raw[start]) ?? 0, end: asNumber(raw[end]) ?? 0 } } });
  switch (dialect === "anthropic-messages" ? asText(raw["type"]) : undefined) {
    case "char_location":
      return place("documentChar", ["start_char_index", "end_char_index"]);
    case "page_location":
      return place("documentPage", ["start_page_number", "end_page_number"]);
    case "content_block_location":
      return place("documentChunk", ["start_block_index", "end_block_index"]);
    case "search_result_location":
      return { ...(url !== undefined && { source: url }), location: { searchResultLocation: { searchResultIndex: asNumber(raw["search_result_index"]) ?? 0, start: asNumber(raw["start_block_index"]) ?? 0, end: asNumber(raw["end_block_index"]) ?? 0 } } };
    case undefined:
    default:
      return url === undefined ? {} : { location: { web: { url } } };
  }
}

export function writeStopReason(reason: FinishReason): string {
  switch (reason.unified) {
    case "stop-sequence":
      return "stop_sequence";
    case "length":
      return "max_tokens";
    case "tool-calls":
      return "tool_use";
    case "content-filter":
    case "refusal":
      return "content_filtered";
    case "stop":
    case "pause":
    case "error":
    case "unknown":
      return "end_turn";
  }
}

/** Input here is without what was read from the cache and written to it. */
export function writeConverseUsage(usage: Usage | undefined): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens } = usage ?? {};
  const written = { "5m": usage?.cacheWrite5mTokens, "1h": usage?.cacheWrite1hTokens };
  const cacheDetails = Object.entries(written).flatMap(([ttl, tokens]) => (tokens ? [{ ttl, inputTokens: tokens }] : []));
  return {
    inputTokens: Math.max(0, inputTokens - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    outputTokens,
    totalTokens: usage?.totalTokens ?? inputTokens + outputTokens,
    ...(cacheReadTokens !== undefined && { cacheReadInputTokens: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteInputTokens: cacheWriteTokens }),
    ...(cacheDetails.length > 0 && { cacheDetails }),
  };
}
