/** What images, audio and rankings are billed by: tokens, and some audio by its duration. Their APIs count the input as responses do, and name details each their own way. */
import type { Usage } from "../conversation/answer.ts";
import { asCount, asNumber, asObject } from "../conversation/json.ts";
import type { JsonValue } from "../conversation/json.ts";

/** Undefined where nothing was counted. */
export function mediaUsage(value: JsonValue | undefined): Usage | undefined {
  const usage = asObject(value);
  const audioSeconds = usage?.["type"] === "duration" ? asNumber(usage["seconds"]) : undefined;
  if (audioSeconds !== undefined && audioSeconds >= 0) return { inputTokens: 0, outputTokens: 0, audioSeconds };
  const inputTokens = asCount(usage?.["input_tokens"]) ?? asCount(usage?.["prompt_tokens"]) ?? asCount(usage?.["total_tokens"]);
  if (!usage || inputTokens === undefined) return undefined;
  const input = asObject(usage["input_tokens_details"]) ?? asObject(usage["input_token_details"]) ?? asObject(usage["prompt_tokens_details"]);
  const output = asObject(usage["output_tokens_details"]) ?? asObject(usage["output_token_details"]);
  return {
    inputTokens,
    outputTokens: asCount(usage["output_tokens"]) ?? asCount(usage["completion_tokens"]) ?? 0,
    totalTokens: asCount(usage["total_tokens"]),
    cacheReadTokens: asCount(input?.["cached_tokens"]),
    cacheReadAudioTokens: asCount(asObject(input?.["cached_tokens_details"])?.["audio_tokens"]),
    audioInputTokens: asCount(input?.["audio_tokens"]),
    audioOutputTokens: asCount(output?.["audio_tokens"]),
    imageInputTokens: asCount(input?.["image_tokens"]),
    imageOutputTokens: asCount(output?.["image_tokens"]),
  };
}
