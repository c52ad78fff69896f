/**
 * Token counts: the billed ones, which leave out what Cohere's own templates add. Its cached tokens are counted with those,
 * so that they are told only where they can be a part of what is billed.
 */
import type { Usage } from "../../conversation/answer.ts";
import { asNumber, asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function readUsage(usage: JsonObject | undefined): Usage | undefined {
  const billed = asObject(usage?.["billed_units"]);
  const all = asObject(usage?.["tokens"]);
  const inputTokens = asNumber(billed?.["input_tokens"]) ?? asNumber(all?.["input_tokens"]);
  if (inputTokens === undefined) return undefined;
  const cached = asNumber(usage?.["cached_tokens"]);
  return {
    inputTokens,
    outputTokens: asNumber(billed?.["output_tokens"]) ?? asNumber(all?.["output_tokens"]) ?? 0,
    cacheReadTokens: cached !== undefined && cached <= inputTokens ? cached : undefined,
    imageInputTokens: asNumber(all?.["image_tokens"]),
  };
}
