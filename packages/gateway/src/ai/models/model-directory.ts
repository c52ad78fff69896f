/**
 * From the name that an application writes to the targets that may answer it: an alias with its targets in the order to
 * try them, `provider/model`, or a bare name, which goes to the first configured provider that has it. Compiled once for
 * a snapshot. Hides the providers' lists of models. May import the contract and the conversation model.
 */
import type { ModelState } from "@parley/contract/api/model-state";
import type { Model } from "@parley/contract/config/ai";
import type { AiInput, AiPorts } from "../endpoints-contract.ts";
import { PriceBook } from "../record/cost.ts";
import { ConversationPins } from "./conversation-pins.ts";
import { compileAliasTarget, ModelAlias } from "./model-alias.ts";
import type { AliasPorts } from "./model-alias.ts";
import { modelReport } from "./model-report.ts";
import { ModelLists } from "./model-lists.ts";
import { compileProvider } from "./provider-account.ts";
import type { ModelTarget } from "./model-target.ts";
import type { ProviderAccount } from "./provider-account.ts";
import type { Asked } from "./target-conditions.ts";
import { TargetSpeed } from "./target-speed.ts";

/** A bare name with a date or a revision behind it is the same model, pinned: gpt-4o-2024-08-06, claude-sonnet-4-5-20250929, gemini-2.5-flash-001. */
const pinned = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|latest|\d{3}|preview-\d{2}-\d{2}(?:\d{2})?)$/;
const maxNamed = 1000;
const longestKept = 256;
/** What the cheapest is found by: three tokens in for one out, as chats have it. */
const usualCall = { inputTokens: 3000, outputTokens: 1000 };

export class ModelDirectory {
  readonly #accounts = new Map<string, ProviderAccount>();
  readonly #aliases = new Map<string, ModelAlias>();
  readonly #lists: ModelLists;
  /** Of `provider/model`, which callers write: a bounded number of those that were asked for. */
  readonly #named = new Map<string, readonly ModelTarget[]>();
  readonly #ports: AiPorts;
  readonly #prices: PriceBook;

  constructor(input: AiInput, ports: AiPorts, prices: PriceBook = new PriceBook()) {
    this.#lists = new ModelLists(ports);
    this.#ports = ports;
    this.#prices = prices;
    for (const [name, provider] of input.providers) this.#accounts.set(name, compileProvider(name, provider, (message, details) => ports.warn(message, details)));
    const aliasPorts: AliasPorts = {
      now: () => ports.now(),
      random: () => ports.random(),
      pins: new ConversationPins(ports.notes ?? null),
      price: ({ account, model }) => prices.cost(account, model, { usage: usualCall, nowMs: ports.now() }),
    };
    for (const [name, model] of input.models) this.#aliases.set(name, this.#compileAlias(name, model, aliasPorts));
  }

  /** The targets in the order to try them; empty where nobody has the model. Throws a `RefusalError` where an alias has none for this call. */
  resolve(name: string, asked?: Asked): readonly ModelTarget[] | Promise<readonly ModelTarget[]> {
    const alias = this.#aliases.get(name);
    if (alias) return alias.order(asked);
    const named = this.#named.get(name) ?? this.#findNamed(name);
    if (named) return named;
    const known = this.#findBare(name);
    return known ? [known] : this.#learnBare(name);
  }

  #findNamed(name: string): readonly ModelTarget[] | null {
    const slash = name.indexOf("/");
    const account = slash > 0 ? this.#accounts.get(name.slice(0, slash)) : undefined;
    if (!account || slash === name.length - 1) return null;
    const targets = [plainTarget(account, name.slice(slash + 1))];
    if (name.length > longestKept) return targets;
    if (this.#named.size >= maxNamed) this.#named.clear();
    this.#named.set(name, targets);
    return targets;
  }

  isAlias(name: string): boolean {
    return this.#aliases.has(name);
  }

  hasProvider(name: string): boolean {
    return this.#accounts.has(name);
  }

  /** Every name that can be asked for, aliases first. */
  async names(): Promise<{ id: string; owner: string }[]> {
    await this.#lists.learn([...this.#accounts.values()]);
    return this.#namesNow();
  }

  /** The accounts that can be asked, in the order of the configuration. */
  usable(): readonly ProviderAccount[] {
    return [...this.#accounts.values()].filter((account) => account.unusable === null);
  }

  report(): ModelState {
    return modelReport({ accounts: [...this.#accounts.values()], aliases: this.#aliases, known: (account) => this.#lists.known(account), targetOf: plainTarget, prices: this.#prices, nowMs: this.#ports.now() });
  }

  close(): void {
    this.#lists.close();
  }

  #namesNow(): { id: string; owner: string }[] {
    const names = [...this.#aliases.keys()].map((id) => ({ id, owner: "parley" }));
    for (const account of this.#accounts.values()) {
      for (const model of this.#lists.known(account)) names.push({ id: `${account.name}/${model}`, owner: account.name });
    }
    return names;
  }

  #findBare(name: string): ModelTarget | null {
    for (const account of this.#accounts.values()) if (this.#lists.has(account, name)) return plainTarget(account, name);
    const unpinned = name.replace(pinned, "");
    if (unpinned === name) return null;
    // A cloud that calls a model otherwise has one of its dates only.
    for (const account of this.#accounts.values()) {
      if (account.modelNames[unpinned] !== undefined) return plainTarget(account, unpinned);
      if (!account.modelsAreFixed && this.#lists.has(account, unpinned)) return plainTarget(account, name);
    }
    return null;
  }

  async #learnBare(name: string): Promise<readonly ModelTarget[]> {
    await this.#lists.learn([...this.#accounts.values()]);
    // Ollama's names have a tag, and mean the latest without one.
    const found = this.#findBare(name) ?? this.#findBare(`${name}:latest`);
    return found ? [found] : [];
  }

  #compileAlias(name: string, model: Model, ports: AliasPorts): ModelAlias {
    const { notes } = this.#ports;
    const targets = model.targets.flatMap((written) => {
      const slash = written.model.indexOf("/");
      const account = this.#accounts.get(written.model.slice(0, slash));
      if (!account) this.#ports.warn(`the model ${name} names the provider ${written.model.slice(0, slash)}, which is not configured`, { model: name });
      if (!account) return [];
      const target = aliasTarget(account, written.model.slice(slash + 1), { ...model.timeouts, ...written.timeouts });
      return [compileAliasTarget(model.strategy === "fastest" ? { ...target, speed: new TargetSpeed({ now: () => ports.now(), shared: notes && { notes, name: `${name}\n${written.model}` } }) } : target, written)];
    });
    return new ModelAlias(name, model, { targets, ports });
  }
}

/** A target without what an alias may say of it. */
export function plainTarget(account: ProviderAccount, model: string, keyName?: string): ModelTarget {
  return { account, model: account.modelNames[model] ?? model, firstTokenMs: undefined, firstByteMs: account.timeouts.firstByteMs, idleMs: account.timeouts.idleMs, ...(keyName !== undefined && { keyName }) };
}

function aliasTarget(account: ProviderAccount, model: string, timeouts: Model["timeouts"]): ModelTarget {
  return { account, model: account.modelNames[model] ?? model, firstTokenMs: timeouts.firstToken, firstByteMs: timeouts.firstByte ?? account.timeouts.firstByteMs, idleMs: timeouts.idle ?? account.timeouts.idleMs };
}
