// Hot path: once for each call. The catalogue's own calculation takes some 90 µs; with its prices at hand this takes under one.
/**
 * What a call cost, from the provider's usage, the configuration's prices, and the catalogue that comes with the program;
 * nothing is fetched. Amounts are whole billionths of a USD, so that sums of them are exact.
 */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { ShownPrice } from "@parley/contract/api/model-state";
import type { OwnPrice, Price } from "@parley/contract/config/ai-prices";
import type { Usage } from "../conversation/answer.ts";
import type { ProviderAccount } from "../models/provider-account.ts";
import { costAtMost, costOf, ratesFor, ratesOfCatalogue, ratesOfOverride, scaled } from "../prices/rates.ts";
import type { Rates, TierPrice } from "../prices/rates.ts";
import { pricedTier, tierFactor } from "../prices/service-tiers.ts";
import type { PricedTier } from "../prices/service-tiers.ts";

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
  /** By provider, by model and by tier: a look-up makes no string. */
  readonly #known = new Map<string, Map<string, Partial<Record<PricedTier, Known>>>>();
  #knownModels = 0;
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
  costNanoUsd(account: Account, model: string, { usage, nowMs, requests = 1 }: { usage: Usage; nowMs: number; requests?: number }): number | null {
    const rates = this.#ratesOf(account, model, { nowMs, tier: pricedTier(usage.serviceTier) });
    if (rates?.perAudioSecond === null && usage.audioSeconds !== undefined) return null;
    return rates && costOf(rates, usage, requests);
  }

  /** The most that a call of this size can cost, in billionths of a USD; null where no price is known. */
  atMostNanoUsd(account: Account, model: string, size: { inputTokens: number; outputTokens: number; tier: PricedTier; nowMs: number }): number | null {
    const rates = this.#ratesOf(account, model, size);
    return rates && costAtMost(rates, size.inputTokens, size.outputTokens);
  }

  /** What people are shown: the price of a short call. */
  shown(account: Account, model: string, nowMs: number): ShownPrice | null {
    const rates = this.#ratesOf(account, model, { nowMs, tier: "standard" });
    if (!rates) return null;
    const usd = (trillionths: number): number => trillionths / 1_000_000;
    const { input, output, cacheRead, cacheWrite } = ratesFor(rates, 0);
    return {
      input: usd(input), output: usd(output), cacheRead: usd(cacheRead), cacheWrite: usd(cacheWrite), request: usd(rates.perRequest) / 1_000_000,
      source: this.#override(account, model) ? "configuration" : account.kind === "sandbox" ? "free" : "catalogue",
    };
  }

  #ratesOf(account: Account, model: string, { nowMs, tier }: { nowMs: number; tier: PricedTier }): Rates | null {
    const known = this.#known.get(account.name)?.get(model)?.[tier];
    if (known && nowMs < known.until) return known.rates;
    const rates = this.#find(account, model, { nowMs, tier });
    this.#tiersOf(account.name, model)[tier] = { rates, until: nowMs + keptMs };
    return rates;
  }

  #tiersOf(provider: string, model: string): Partial<Record<PricedTier, Known>> {
    const found = this.#known.get(provider)?.get(model);
    if (found) return found;
    if (this.#knownModels >= maxKept) this.#known.clear();
    this.#knownModels = this.#known.size === 0 ? 1 : this.#knownModels + 1;
    const models = this.#known.get(provider) ?? new Map<string, Partial<Record<PricedTier, Known>>>();
    this.#known.set(provider, models);
    const tiers: Partial<Record<PricedTier, Known>> = {};
    models.set(model, tiers);
    return tiers;
  }

  #find(account: Account, model: string, { nowMs, tier }: { nowMs: number; tier: PricedTier }): Rates | null {
    const override = this.#override(account, model);
    const own = this.#tier(account, model, tier);
    const usual = own === undefined ? tierFactor(account.kind, model, tier) : 1;
    if (override) return scaled(ratesOfOverride(override, own), usual);
    if (account.kind === "sandbox") return ratesOfOverride({ input: 0, output: 0 }, undefined);
    if (typeof own === "object") return ratesOfOverride(own, undefined);
    const prices = catalogued(account, model, nowMs)?.model_price;
    return prices ? scaled(ratesOfCatalogue(prices), own ?? usual) : null;
  }

  #override(account: Account, model: string): OwnPrice | undefined {
    return this.#entries(account, model).find((price): price is OwnPrice => price.input !== undefined);
  }

  #tier(account: Account, model: string, tier: PricedTier): TierPrice {
    if (tier === "standard") return undefined;
    const [first, ...others] = this.#entries(account, model);
    // A factor holds for models with prices of their own as well; another model's prices do not.
    return first?.tiers?.[tier] ?? others.map(({ tiers }) => tiers?.[tier]).find((each) => typeof each === "number");
  }

  /** The model's own before those of all of the provider's. */
  #entries(account: Account, model: string): Price[] {
    return [this.#overrides[`${account.name}/${model}`], this.#overrides[`${account.name}/*`]].filter((price) => price !== undefined);
  }
}

/** A server at an address of the operator's own has no prices, whatever its models are called. */
function catalogued(account: Account, model: string, nowMs: number): ReturnType<typeof calcPrice> {
  const provider = account.kind === "openai-compatible" ? findProvider({ providerApiUrl: account.origin + account.basePath }) : findProvider({ providerId: account.kind });
  return provider ? calcPrice({}, model, { providerId: provider.id, timestamp: new Date(nowMs) }) : null;
}
