/** Writes an answer as Converse has it. */
import type { Answer, FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart, Citation, ReasoningPart } from "../../conversation/content.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { markSignature } from "../../conversation/marked-signature.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";

export function writeConverseAnswer(answer: Answer): JsonObject {
  const [choice] = answer.choices;
  return {
    output: { message: { role: "assistant", content: (choice?.parts ?? []).map(writeSaid).filter((block) => block !== null) } },
    stopReason: choice ? writeStopReason(choice.finish) : "end_turn",
    usage: writeConverseUsage(answer.usage),
    metrics: { latencyMs: 0 },
  };
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
      return null;
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
    ...(citation.url !== undefined && { location: { web: { url: citation.url } } }),
  };
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
  return {
    inputTokens: Math.max(0, inputTokens - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    outputTokens,
    totalTokens: usage?.totalTokens ?? inputTokens + outputTokens,
    ...(cacheReadTokens !== undefined && { cacheReadInputTokens: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteInputTokens: cacheWriteTokens }),
  };
}
