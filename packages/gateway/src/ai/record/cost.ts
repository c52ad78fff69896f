// Hot path: once for each call. The catalogue's own calculation takes some 90 µs; with its prices at hand this takes under one.
/**
 * What a call cost, from the provider's usage, the configuration's prices, and the catalogue that comes with the program;
 * nothing is fetched. Amounts are whole billionths of a USD, so that sums of them are exact.
 */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { ShownPrice } from "@parley/contract/api/model-state";
import type { Price } from "@parley/contract/config/ai-prices";
import type { Usage } from "../conversation/answer.ts";
import type { ProviderAccount } from "../models/provider-account.ts";
import { costAtMost, costOf, ratesOfCatalogue, ratesOfOverride } from "../prices/rates.ts";
import type { Rates } from "../prices/rates.ts";

/** Prices may hold for a time of day. */
const keptMs = 600_000;
const maxKept = 1000;

type Account = Pick<ProviderAccount, "name" | "kind" | "origin" | "basePath">;

interface Known {
  /** Null for a model without a price. */
  readonly rates: Rates | null;
  readonly until: number;
}

export class PriceBook {
  readonly #known = new Map<string, Known>();
  readonly #overrides: Readonly<Record<string, Price>>;

  constructor(overrides: Readonly<Record<string, Price>> = {}) {
    this.#overrides = overrides;
  }

  /** In USD; null where no price is known, which is not the same as none. */
  cost(account: Account, model: string, what: { usage: Usage; nowMs: number }): number | null {
    const billionths = this.costNanoUsd(account, model, what);
    return billionths === null ? null : billionths / 1_000_000_000;
  }

  /** In billionths of a USD; null where no price is known. */
  costNanoUsd(account: Account, model: string, { usage, nowMs }: { usage: Usage; nowMs: number }): number | null {
    const rates = this.#ratesOf(account, model, nowMs);
    if (!rates) return null;
    const isWhole = usage.audioInputTokens || usage.audioOutputTokens || usage.webSearchRequests;
    return isWhole && !this.#override(account, model) ? wholeCost(account, model, { usage, nowMs }) : costOf(rates, usage);
  }

  /** The most that a call of this size can cost, in billionths of a USD; null where no price is known. */
  atMostNanoUsd(account: Account, model: string, size: { inputTokens: number; outputTokens: number; nowMs: number }): number | null {
    const rates = this.#ratesOf(account, model, size.nowMs);
    return rates && costAtMost(rates, size.inputTokens, size.outputTokens);
  }

  /** What people are shown: the price of a short call. */
  shown(account: Account, model: string, nowMs: number): ShownPrice | null {
    const rates = this.#ratesOf(account, model, nowMs);
    if (!rates) return null;
    const usd = (trillionths: number): number => trillionths / 1_000_000;
    return {
      input: usd(rates.input(0)), output: usd(rates.output(0)), cacheRead: usd(rates.cacheRead(0)), cacheWrite: usd(rates.cacheWrite(0)), request: usd(rates.perRequest) / 1_000_000,
      source: this.#override(account, model) ? "configuration" : account.kind === "sandbox" ? "free" : "catalogue",
    };
  }

  #ratesOf(account: Account, model: string, nowMs: number): Rates | null {
    const key = `${account.name}\n${model}`;
    const known = this.#known.get(key);
    if (known && nowMs < known.until) return known.rates;
    if (this.#known.size >= maxKept) this.#known.clear();
    const rates = this.#find(account, model, nowMs);
    this.#known.set(key, { rates, until: nowMs + keptMs });
    return rates;
  }

  #find(account: Account, model: string, nowMs: number): Rates | null {
    const override = this.#override(account, model);
    if (override) return ratesOfOverride(override);
    if (account.kind === "sandbox") return ratesOfOverride({ input: 0, output: 0 });
    const prices = catalogued(account, model, { usage: {}, nowMs })?.model_price;
    return prices ? ratesOfCatalogue(prices) : null;
  }

  #override(account: Account, model: string): Price | undefined {
    return this.#overrides[`${account.name}/${model}`] ?? this.#overrides[`${account.name}/*`];
  }
}

/** A server at an address of the operator's own has no prices, whatever its models are called. */
function catalogued(account: Account, model: string, { usage, nowMs }: { usage: Record<string, number>; nowMs: number }): ReturnType<typeof calcPrice> {
  const provider = account.kind === "openai-compatible" ? findProvider({ providerApiUrl: account.origin + account.basePath }) : findProvider({ providerId: account.kind });
  return provider ? calcPrice(usage, model, { providerId: provider.id, timestamp: new Date(nowMs) }) : null;
}

function wholeCost(account: Account, model: string, { usage, nowMs }: { usage: Usage; nowMs: number }): number | null {
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
    const price = catalogued(account, model, { usage: counts, nowMs })?.total_price;
    return price === undefined ? null : Math.round(price * 1_000_000_000);
  } catch {
    // Counts that contradict each other: better no cost than a wrong one.
    return null;
  }
}
