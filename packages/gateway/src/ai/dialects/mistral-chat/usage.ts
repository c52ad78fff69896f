import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** `tier` is what stands beside the usage. Cached tokens are named in three ways, by the age of the model. */
export function readUsage(usage: JsonObject, tier?: JsonValue): Usage {
  const promptTokens = asCount(usage["prompt_tokens"]) ?? 0;
  const outputTokens = asCount(usage["completion_tokens"]) ?? 0;
  const totalTokens = asCount(usage["total_tokens"]);
  const details = asObject(usage["prompt_tokens_details"]) ?? asObject(usage["prompt_token_details"]);
  const audioTokens = asCount(details?.["audio_tokens"]);
  // Sound is counted beside the prompt and not in it; the total gives it away.
  const isBeside = audioTokens !== undefined && totalTokens === promptTokens + audioTokens + outputTokens;
  const inputTokens = isBeside ? promptTokens + audioTokens : promptTokens;
  return {
    inputTokens,
    outputTokens,
    totalTokens: totalTokens === inputTokens + outputTokens ? undefined : totalTokens,
    cacheReadTokens: asCount(details?.["cached_tokens"]) ?? asCount(usage["num_cached_tokens"]),
    audioInputTokens: audioTokens,
    reasoningTokens: asCount(asObject(usage["completion_tokens_details"])?.["reasoning_tokens"]),
    serviceTier: asText(usage["service_tier"]) ?? asText(tier),
  };
}
