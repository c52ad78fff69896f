// Hot path: once for each call. The catalogue's own calculation takes some 90 µs; with its prices at hand this takes under one.
/**
 * What a call cost, from the provider's usage and the price catalogue that comes with the program; nothing is fetched.
 * Input tokens have the cached ones in them, and each is priced once: as read from the cache, as written to it, or as new.
 */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { ModelPrice } from "@pydantic/genai-prices";
import type { Usage } from "../conversation/answer.ts";
import type { ProviderAccount } from "../models/provider-account.ts";

/** Prices may hold for a time of day. */
const keptMs = 600_000;
const maxKept = 1000;

type Rate = ModelPrice[string];

interface Known {
  /** Null for a model without a price. */
  readonly prices: ModelPrice | null;
  readonly until: number;
}

export class PriceBook {
  readonly #known = new Map<string, Known>();

  /** In USD; null where no price is known, which is not the same as none. */
  cost(account: ProviderAccount, model: string, { usage, nowMs }: { usage: Usage; nowMs: number }): number | null {
    const prices = this.#prices(account, model, nowMs);
    if (!prices) return null;
    if (usage.audioInputTokens || usage.audioOutputTokens || usage.webSearchRequests) return wholeCost(account, model, { usage, nowMs });
    return textCost(prices, usage);
  }

  #prices(account: ProviderAccount, model: string, nowMs: number): ModelPrice | null {
    const key = `${account.name}\n${model}`;
    const known = this.#known.get(key);
    if (known && nowMs < known.until) return known.prices;
    if (this.#known.size >= maxKept) this.#known.clear();
    const prices = catalogued(account, model, { usage: {}, nowMs })?.model_price ?? null;
    this.#known.set(key, { prices, until: nowMs + keptMs });
    return prices;
  }
}

/** A server at an address of the operator's own has no prices, whatever its models are called. */
function catalogued(account: ProviderAccount, model: string, { usage, nowMs }: { usage: Record<string, number>; nowMs: number }): ReturnType<typeof calcPrice> {
  const provider = account.kind === "openai-compatible" ? findProvider({ providerApiUrl: account.origin + account.basePath }) : findProvider({ providerId: account.kind });
  return provider ? calcPrice(usage, model, { providerId: provider.id, timestamp: new Date(nowMs) }) : null;
}

function textCost(prices: ModelPrice, usage: Usage): number {
  const read = usage.cacheReadTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const writtenLong = Math.min(usage.cacheWrite1hTokens ?? 0, written);
  const total = usage.inputTokens;
  const input = rateAt(prices["input_mtok"], total) ?? 0;
  const cacheWrite = rateAt(prices["cache_write_mtok"], total) ?? input;
  const millionths =
    Math.max(0, total - read - written) * input +
    read * (rateAt(prices["cache_read_mtok"], total) ?? input) +
    (written - writtenLong) * cacheWrite +
    writtenLong * (rateAt(prices["cache_write_1h_mtok"], total) ?? cacheWrite) +
    usage.outputTokens * (rateAt(prices["output_mtok"], total) ?? 0);
  return millionths / 1_000_000 + (rateAt(prices["requests_kcount"], total) ?? 0) / 1000;
}

/** A price may rise with the length of the input, and holds for all of it then. */
function rateAt(rate: Rate, inputTokens: number): number | undefined {
  if (rate === undefined || typeof rate === "number") return rate;
  return rate.tiers.findLast((tier) => inputTokens > tier.start)?.price ?? rate.base;
}

function wholeCost(account: ProviderAccount, model: string, { usage, nowMs }: { usage: Usage; nowMs: number }): number | null {
  const counts = {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    ...(usage.cacheReadTokens !== undefined && { cache_read_tokens: usage.cacheReadTokens }),
    ...(usage.cacheWriteTokens !== undefined && { cache_write_tokens: usage.cacheWriteTokens }),
    ...(usage.cacheWrite1hTokens !== undefined && { cache_write_1h_tokens: usage.cacheWrite1hTokens }),
    ...(usage.audioInputTokens !== undefined && { input_audio_tokens: usage.audioInputTokens }),
    ...(usage.audioOutputTokens !== undefined && { output_audio_tokens: usage.audioOutputTokens }),
    ...(usage.webSearchRequests !== undefined && { web_searches: usage.webSearchRequests }),
  };
  try {
    return catalogued(account, model, { usage: counts, nowMs })?.total_price ?? null;
  } catch {
    // Counts that contradict each other: better no cost than a wrong one.
    return null;
  }
}
