import type { Usage } from "../../conversation/answer.ts";
import { asNumber, asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

/** Cached tokens are named in three ways, by the age of the model. */
export function readUsage(usage: JsonObject): Usage {
  const inputTokens = asNumber(usage["prompt_tokens"]) ?? 0;
  const outputTokens = asNumber(usage["completion_tokens"]) ?? 0;
  const totalTokens = asNumber(usage["total_tokens"]);
  const details = asObject(usage["prompt_tokens_details"]) ?? asObject(usage["prompt_token_details"]);
  return {
    inputTokens,
    outputTokens,
    totalTokens: totalTokens === inputTokens + outputTokens ? undefined : totalTokens,
    cacheReadTokens: asNumber(details?.["cached_tokens"]) ?? asNumber(usage["num_cached_tokens"]),
    audioInputTokens: asNumber(details?.["audio_tokens"]),
    reasoningTokens: asNumber(asObject(usage["completion_tokens_details"])?.["reasoning_tokens"]),
  };
}
