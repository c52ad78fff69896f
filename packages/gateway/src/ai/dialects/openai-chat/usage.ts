/** Token counts. OpenAI's input includes what was read from a cache; compatible servers differ in where they say it. */
import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";

/** Of one chunk of a stream: Moonshot counts in the choice, and Groq beside its own id. */
export function parseChunkUsage(chunk: JsonObject): Usage | undefined {
  const counted = asObject(chunk["usage"]) ?? asObject(asObjects(chunk["choices"])[0]?.["usage"]) ?? asObject(asObject(chunk["x_groq"])?.["usage"]);
  return counted && parseUsage(counted, chunk["service_tier"]);
}

/** `serviceTier` stands beside the counts. */
export function parseUsage(value: JsonValue | undefined, serviceTier?: JsonValue): Usage | undefined {
  const usage = asObject(value);
  if (!usage) return undefined;
  const input = asObject(usage["prompt_tokens_details"]);
  const output = asObject(usage["completion_tokens_details"]);
  const inputTokens = asCount(usage["prompt_tokens"]) ?? 0;
  const reasoningTokens = asCount(output?.["reasoning_tokens"]) ?? asCount(usage["reasoning_tokens"]);
  return {
    inputTokens,
    outputTokens: outputTokens(usage, inputTokens, reasoningTokens ?? 0),
    totalTokens: asCount(usage["total_tokens"]),
    // DeepSeek and Moonshot say it outside of the details.
    cacheReadTokens: asCount(input?.["cached_tokens"]) ?? asCount(usage["prompt_cache_hit_tokens"]) ?? asCount(usage["cached_tokens"]) ?? within(inputTokens, usage["cache_read_input_tokens"]),
    cacheWriteTokens: asCount(input?.["cache_write_tokens"]) ?? asCount(input?.["cache_creation_input_tokens"]) ?? asCount(input?.["cache_creation_tokens"]) ?? within(inputTokens, usage["cache_creation_input_tokens"]),
    reasoningTokens,
    audioInputTokens: asCount(input?.["audio_tokens"]),
    audioOutputTokens: asCount(output?.["audio_tokens"]),
    imageInputTokens: asCount(input?.["image_tokens"]),
    imageOutputTokens: asCount(output?.["image_tokens"]),
    acceptedPredictionTokens: asCount(output?.["accepted_prediction_tokens"]),
    rejectedPredictionTokens: asCount(output?.["rejected_prediction_tokens"]),
    serviceTier: asText(serviceTier),
  };
}

/** Gateways before Anthropic's models say it in Anthropic's words; it is a part of the input, or nothing is known of it. */
function within(inputTokens: number, value: JsonValue | undefined): number | undefined {
  const count = asCount(value);
  return count !== undefined && count <= inputTokens ? count : undefined;
}

/** xAI counts reasoning beside the completion and not in it; its total gives it away. */
function outputTokens(usage: JsonObject, inputTokens: number, reasoningTokens: number): number {
  const completion = asCount(usage["completion_tokens"]) ?? 0;
  const total = asCount(usage["total_tokens"]) ?? 0;
  return reasoningTokens > 0 && total === inputTokens + completion + reasoningTokens ? completion + reasoningTokens : completion;
}

export function writeUsage(usage: Usage): JsonObject {
  const input = present({ cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens, audio_tokens: usage.audioInputTokens, image_tokens: usage.imageInputTokens });
  const output = present({
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: usage.audioOutputTokens,
    image_tokens: usage.imageOutputTokens,
    accepted_prediction_tokens: usage.acceptedPredictionTokens,
    rejected_prediction_tokens: usage.rejectedPredictionTokens,
  });
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens ?? usage.inputTokens + usage.outputTokens,
    ...(input && { prompt_tokens_details: input }),
    ...(output && { completion_tokens_details: output }),
  };
}

function present(counts: JsonDraft): JsonDraft | null {
  return Object.values(counts).some((count) => count !== undefined) ? counts : null;
}
