/**
 * Service tiers: what an answer says of the one that it was given in, and how providers price those beside their standard
 * one. The catalogue has the standard prices only, so that nothing holds these relations to what providers publish today:
 * `tiers` of `ai.prices` says them otherwise, for a model or for all of a provider's.
 */
export type PricedTier = "standard" | "flex" | "priority" | "batch";

/** As providers word it: default, on_demand, ON_DEMAND_FLEX, priority, batch, … */
export function pricedTier(word: string | undefined): PricedTier {
  if (word === undefined) return "standard";
  const said = word.toLowerCase();
  if (said.includes("flex")) return "flex";
  if (said.includes("batch")) return "batch";
  return said.includes("priority") ? "priority" : "standard";
}

interface TierPrices {
  readonly batch?: number;
  readonly flex?: number;
  /** By model, the first that fits. */
  readonly priority?: readonly (readonly [model: RegExp, factor: number])[];
}

const openAi: TierPrices = {
  batch: 0.5,
  flex: 0.5,
  priority: [
    [/^gpt-5(?:\.\d+)?-mini/, 1.8], [/^gpt-5/, 2], [/^gpt-4\.1-nano/, 2], [/^gpt-4\.1/, 1.75], [/^gpt-4o-mini/, 5 / 3], [/^gpt-4o/, 1.7], [/^o4-mini/, 2 / 1.1], [/^o3/, 1.75], [/^/, 2],
  ],
};
const google: TierPrices = { batch: 0.5, flex: 0.5, priority: [[/^/, 1.8]] };

/** By the provider's kind. Anthropic's priority tier is paid for by commitment, its tokens cost as always. */
const tierPrices: Readonly<Record<string, TierPrices>> = {
  openai: openAi,
  "azure-openai": openAi,
  anthropic: { batch: 0.5 },
  gemini: google,
  vertex: google,
  bedrock: { batch: 0.5, flex: 0.5, priority: [[/^/, 1.75]] },
  mistral: { batch: 0.5 },
  groq: { batch: 0.5 },
  together: { batch: 0.5 },
  voyage: { batch: 0.67 },
};

/** Of the standard price. */
export function tierFactor(kind: string, model: string, tier: PricedTier): number {
  const prices = tierPrices[kind];
  if (!prices || tier === "standard") return 1;
  if (tier === "priority") return prices.priority?.find(([pattern]) => pattern.test(model))?.[1] ?? 1;
  return prices[tier] ?? 1;
}
