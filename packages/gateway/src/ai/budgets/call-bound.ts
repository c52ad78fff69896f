/** What a call can cost at most, before it is sent: in tokens, and in money at the dearest of its targets. */
import type { AiCall } from "../calls/ai-call.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { pricedTier } from "../prices/service-tiers.ts";
import type { PricedTier } from "../prices/service-tiers.ts";
import { inputTokensAtMost } from "./input-bound.ts";

export interface CallBound {
  readonly inputTokens: number;
  /** What is reserved for the output. */
  readonly outputTokens: number;
  /** Nobody said how long the answer may be: less will do where less is left. */
  readonly isOpen: boolean;
  /** In billionths of a USD; null where no target has a price. */
  readonly nanoUsd: number | null;
  readonly inputNanoUsd: number;
  readonly leastNanoUsd: number;
  /** The answer may be finished when nobody listens: where nobody ever asks what it took, it counts as what was reserved. */
  readonly isBackground: boolean;
}

/** Longer than most answers; what goes beyond is settled all the same. */
const assumedOutputTokens = 4096;

export function boundOf(call: AiCall, targets: readonly ModelTarget[], generates: boolean): CallBound {
  const body = call.judgedBody();
  const inputTokens = inputTokensAtMost(body);
  const stated = generates ? statedOutput(body) : 0;
  const outputTokens = stated ?? assumedOutputTokens;
  const nowMs = call.ports.now();
  const tier = dearestTier(body["service_tier"]);
  const priced = (output: number): number | null => {
    const costs = targets.flatMap(({ account, model }) => call.prices.atMostNanoUsd(account, model, { inputTokens, outputTokens: output, tier, nowMs }) ?? []);
    return costs.length === 0 ? null : Math.max(...costs);
  };
  const nanoUsd = priced(outputTokens);
  return {
    inputTokens, outputTokens, nanoUsd,
    isOpen: stated === undefined,
    isBackground: call.background !== undefined,
    inputNanoUsd: priced(0) ?? 0,
    leastNanoUsd: stated === undefined ? Math.ceil((priced(1) ?? 0) / 2) : (nanoUsd ?? 0),
  };
}

/** A cheaper tier may turn out not to be given. */
function dearestTier(asked: JsonValue | undefined): PricedTier {
  return typeof asked === "string" && pricedTier(asked) === "priority" ? "priority" : "standard";
}

/** All answers together, as the dialects say it; undefined where the request does not. */
function statedOutput(body: JsonObject): number | undefined {
  const config = objectOf(body["generationConfig"]) ?? objectOf(body["generation_config"]);
  const [bedrock, ollama, titan] = [objectOf(body["inferenceConfig"]), objectOf(body["options"]), objectOf(body["textGenerationConfig"])];
  const most =
    countOf(body["max_completion_tokens"]) ?? countOf(body["max_tokens"]) ?? countOf(body["max_output_tokens"]) ?? countOf(config?.["maxOutputTokens"]) ?? countOf(config?.["max_output_tokens"])
    ?? countOf(bedrock?.["maxTokens"]) ?? countOf(ollama?.["num_predict"])
    ?? countOf(bedrock?.["max_new_tokens"]) ?? countOf(titan?.["maxTokenCount"]) ?? countOf(body["max_gen_len"]) ?? countOf(body["max_tokens_to_sample"]);
  if (most === undefined) return undefined;
  return most * Math.max(1, countOf(body["n"]) ?? countOf(config?.["candidateCount"]) ?? 1);
}

function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
