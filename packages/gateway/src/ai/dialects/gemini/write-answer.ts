/** Writes an answer as a GenerateContentResponse. */
import type { Answer, Choice, FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import { asObject, asObjects } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import { toldTier } from "../../conversation/service-tier.ts";
import { ownFinishReason } from "./finish-reason.ts";
import { Grounding } from "./grounding.ts";
import { writeLogprobs } from "./logprobs.ts";
import { writeSignatureOfThought, writeThoughtSignature } from "./thought-signature.ts";

export function writeGeminiAnswer(answer: Answer, context: EncodingContext): JsonObject {
  return {
    candidates: answer.choices.map(writeCandidate),
    ...(answer.usage && { usageMetadata: writeGeminiUsage(answer.usage) }),
    modelVersion: context.model,
    responseId: answer.id ?? context.callId,
    ...(answer.createdAt !== undefined && { createTime: new Date(answer.createdAt * 1000).toISOString() }),
  };
}

function writeCandidate(choice: Choice, index: number): JsonObject {
  const grounding = new Grounding();
  for (const part of choice.parts) if (part.type === "text" || part.type === "refusal") grounding.add(part.text, part.type === "text" ? part.citations : undefined);
  return {
    content: { role: "model", parts: choice.parts.flatMap(writeSaidPart) },
    finishReason: writeFinishReason(choice.finish),
    index,
    groundingMetadata: grounding.metadata(searched(choice.parts)),
    urlContextMetadata: fetchedPages(choice.parts),
    logprobsResult: writeLogprobs(choice.logprobs),
  };
}

/** Which pages were read stands beside the content. */
export function fetchedPages(parts: readonly AssistantPart[]): JsonObject | undefined {
  const urlMetadata = parts.flatMap((part) => (part.type === "native" && part.dialect === "gemini" ? asObjects(asObject(part.value["urlContextMetadata"])?.["urlMetadata"]) : []));
  return urlMetadata.length === 0 ? undefined : { urlMetadata };
}

/** What was searched for, and what was found beside what is cited. */
export function searched(parts: readonly AssistantPart[]): readonly JsonObject[] {
  return parts.flatMap((part) => {
    const metadata = part.type === "native" && part.dialect === "gemini" ? asObject(part.value["groundingMetadata"]) : undefined;
    return metadata ? [metadata] : [];
  });
}

/** None for what an answer of this dialect cannot hold. */
export function writeSaidPart(part: AssistantPart): JsonDraft[] {
  switch (part.type) {
    case "text":
      return [{ text: part.text, ...(part.signature && { thoughtSignature: writeThoughtSignature(part.signature) }) }];
    case "refusal":
      return [{ text: part.text }];
    case "reasoning": {
      const mark = writeSignatureOfThought(part);
      return [{ text: part.text, thought: true, ...(mark !== undefined && { thoughtSignature: mark }) }];
    }
    case "tool-call":
      return [{ functionCall: { id: part.id, name: part.name, args: parseArguments(part.arguments) ?? {} }, ...(part.signature && { thoughtSignature: writeThoughtSignature(part.signature) }) }];
    case "image":
      return part.source.type === "base64" ? [{ inlineData: { mimeType: part.source.mediaType, data: part.source.data }, ...(part.signature && { thoughtSignature: writeThoughtSignature(part.signature) }) }] : [];
    case "audio":
      // What is said in it is a text beside it.
      return [...(part.source.type === "base64" && part.source.data !== "" ? [{ inlineData: { mimeType: part.source.mediaType, data: part.source.data } }] : []), ...(part.transcript ? [{ text: part.transcript }] : [])];
    case "native":
      return part.dialect === "gemini" && fetchedPages([part]) === undefined && searched([part]).length === 0 ? [{ ...part.value }] : [];
  }
}

export function writeFinishReason(reason: FinishReason): string {
  const own = ownFinishReason(reason);
  if (own !== undefined) return own;
  switch (reason.unified) {
    case "stop":
    case "stop-sequence":
    case "tool-calls":
    case "pause":
      return "STOP";
    case "length":
      return "MAX_TOKENS";
    case "content-filter":
    case "refusal":
      return "SAFETY";
    case "error":
    case "unknown":
      return /^[A-Z_]+$/.test(reason.raw) ? reason.raw : "OTHER";
  }
}

/** Google counts thoughts beside the candidates' tokens. */
export function writeGeminiUsage(usage: Usage): JsonObject {
  const { cacheReadTokens, reasoningTokens } = usage;
  const promptTokensDetails = writeModalities({ AUDIO: usage.audioInputTokens, IMAGE: usage.imageInputTokens });
  const candidatesTokensDetails = writeModalities({ AUDIO: usage.audioOutputTokens, IMAGE: usage.imageOutputTokens });
  return {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: Math.max(0, usage.outputTokens - (reasoningTokens ?? 0)),
    ...(reasoningTokens !== undefined && { thoughtsTokenCount: reasoningTokens }),
    ...(cacheReadTokens !== undefined && { cachedContentTokenCount: cacheReadTokens }),
    totalTokenCount: usage.totalTokens ?? usage.inputTokens + usage.outputTokens,
    ...(promptTokensDetails.length > 0 && { promptTokensDetails }),
    ...(candidatesTokensDetails.length > 0 && { candidatesTokensDetails }),
    ...(usage.serviceTier !== undefined && { serviceTier: toldTier(usage.serviceTier, "standard") }),
  };
}

function writeModalities(counts: Readonly<Record<string, number | undefined>>): JsonObject[] {
  return Object.entries(counts).flatMap(([modality, tokenCount]) => (tokenCount ? [{ modality, tokenCount }] : []));
}
