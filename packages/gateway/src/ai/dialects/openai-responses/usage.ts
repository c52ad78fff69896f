/** Token counts. Input includes what was read from a cache, output includes reasoning. */
import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** `serviceTier` stands beside the counts. */
export function parseUsage(value: JsonValue | undefined, serviceTier?: JsonValue): Usage | undefined {
  const usage = asObject(value);
  if (!usage) return undefined;
  const input = asObject(usage["input_tokens_details"]);
  return {
    inputTokens: asCount(usage["input_tokens"]) ?? 0,
    outputTokens: asCount(usage["output_tokens"]) ?? 0,
    totalTokens: asCount(usage["total_tokens"]),
    cacheReadTokens: asCount(input?.["cached_tokens"]),
    cacheWriteTokens: asCount(input?.["cache_write_tokens"]),
    reasoningTokens: asCount(asObject(usage["output_tokens_details"])?.["reasoning_tokens"]),
    serviceTier: asText(serviceTier),
  };
}

export function writeUsage(usage: Usage): JsonObject {
  const { cacheReadTokens, cacheWriteTokens } = usage;
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: cacheReadTokens ?? 0, ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }) },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.totalTokens ?? usage.inputTokens + usage.outputTokens,
  };
}
