/**
 * Token counts: the billed ones, which leave out what Cohere's own templates add. Its cached tokens and
 * those of thoughts are counted with those, so that they are told only where they can be a part of what is billed.
 */
import type { Usage } from "../../conversation/answer.ts";
import { asCount, asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function readUsage(usage: JsonObject | undefined): Usage | undefined {
  const billed = asObject(usage?.["billed_units"]);
  const all = asObject(usage?.["tokens"]);
  const inputTokens = asCount(billed?.["input_tokens"]) ?? asCount(all?.["input_tokens"]);
  if (inputTokens === undefined) return undefined;
  const outputTokens = asCount(billed?.["output_tokens"]) ?? asCount(all?.["output_tokens"]) ?? 0;
  const cached = asCount(usage?.["cached_tokens"]);
  const reasoning = asCount(all?.["reasoning_tokens"]);
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: cached !== undefined && cached <= inputTokens ? cached : undefined,
    imageInputTokens: asCount(all?.["image_tokens"]),
    reasoningTokens: reasoning !== undefined && reasoning <= outputTokens ? reasoning : undefined,
  };
}
