/** What people are shown of providers, models and aliases: what is known at this moment, and nobody is asked for it. */
import type { ModelState, ShownPrice } from "@parley/contract/api/model-state";
import type { PriceBook } from "../record/cost.ts";
import type { ModelAlias } from "./model-alias.ts";
import type { ModelTarget } from "./model-target.ts";
import { ModelFactsBook } from "./model-facts.ts";
import type { ProviderAccount } from "./provider-account.ts";

/** Of one provider. A price and a context window take some 100 µs to be found, and calls wait meanwhile. */
const maxModels = 60;

interface Reported {
  accounts: readonly ProviderAccount[];
  aliases: ReadonlyMap<string, ModelAlias>;
  known: (account: ProviderAccount) => readonly string[];
  targetOf: (account: ProviderAccount, model: string) => ModelTarget;
  prices: PriceBook;
  nowMs: number;
}

export function modelReport(from: Reported): ModelState {
  const { accounts, aliases, known, targetOf, nowMs } = from;
  const facts = new ModelFactsBook();
  const targets = new Map<string, ModelTarget>();
  for (const alias of aliases.values()) for (const target of alias.targets) targets.set(idOf(target), target);
  for (const account of accounts) for (const model of known(account).slice(0, maxModels)) targets.set(`${account.name}/${model}`, targetOf(account, model));
  return {
    models: [...targets].map(([name, target]) => ({ name, price: priceOf(target, from), contextWindow: facts.of(target).contextWindow ?? null, capabilities: [...facts.of(target).capabilities] })),
    providers: accounts.map(({ name, unusable, keys }) => ({
      name,
      trouble: unusable && { code: unusable.code, detail: unusable.detail, fix: unusable.fix ?? null },
      keys: keys.states(nowMs),
    })),
    aliases: [...aliases].map(([name, alias]) => ({
      name,
      targets: alias.targets.map((target) => ({ name: idOf(target), streamMs: target.speed?.expected("stream") || null, wholeMs: target.speed?.expected("whole") || null })),
    })),
  };
}

function priceOf({ account, model }: ModelTarget, { prices, nowMs }: Reported): ShownPrice | null {
  return prices.shown(account, model, nowMs);
}

function idOf({ account, model }: ModelTarget): string {
  return `${account.name}/${model}`;
}
