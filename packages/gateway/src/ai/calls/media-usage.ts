/** What images, audio and rankings cost in tokens. Their APIs count the input as responses do, and name details each their own way. */
import type { Usage } from "../conversation/answer.ts";
import { asNumber, asObject } from "../conversation/json.ts";
import type { JsonValue } from "../conversation/json.ts";

/** Undefined where nothing was counted in tokens: some audio is billed by its duration. */
export function mediaUsage(value: JsonValue | undefined): Usage | undefined {
  const usage = asObject(value);
  const inputTokens = asNumber(usage?.["input_tokens"]) ?? asNumber(usage?.["prompt_tokens"]) ?? asNumber(usage?.["total_tokens"]);
  if (!usage || inputTokens === undefined) return undefined;
  const input = asObject(usage["input_tokens_details"]) ?? asObject(usage["input_token_details"]) ?? asObject(usage["prompt_tokens_details"]);
  const output = asObject(usage["output_tokens_details"]) ?? asObject(usage["output_token_details"]);
  return {
    inputTokens,
    outputTokens: asNumber(usage["output_tokens"]) ?? asNumber(usage["completion_tokens"]) ?? 0,
    totalTokens: asNumber(usage["total_tokens"]),
    cacheReadTokens: asNumber(input?.["cached_tokens"]),
    cacheReadAudioTokens: asNumber(asObject(input?.["cached_tokens_details"])?.["audio_tokens"]),
    audioInputTokens: asNumber(input?.["audio_tokens"]),
    audioOutputTokens: asNumber(output?.["audio_tokens"]),
    imageInputTokens: asNumber(input?.["image_tokens"]),
    imageOutputTokens: asNumber(output?.["image_tokens"]),
  };
}
