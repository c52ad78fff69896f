/**
 * From the name that an application writes to the targets that may answer it: an alias with its targets in the order to
 * try them, `provider/model`, or a bare name, which goes to the first configured provider that has it. Compiled once for
 * a snapshot. Hides the providers' lists of models. May import the contract and the conversation model.
 */
import type { Model } from "@parley/contract/config/ai";
import type { AiInput, AiPorts } from "../endpoints-contract.ts";
import { ModelLists } from "./model-lists.ts";
import { compileProvider } from "./provider-account.ts";
import type { ProviderAccount } from "./provider-account.ts";

export interface ModelTarget {
  readonly account: ProviderAccount;
  /** The provider's name of the model. */
  readonly model: string;
  /** What the alias says beyond the provider's own timeouts. */
  readonly firstTokenMs: number | undefined;
  readonly idleMs: number;
}

interface Alias {
  readonly targets: readonly { readonly target: ModelTarget; readonly weight: number }[];
  readonly weighted: boolean;
}

/** A bare name with a date behind it is the same model, pinned: gpt-4o-2024-08-06, claude-sonnet-4-5-20250929. */
const pinned = /-(?:\d{4}-\d{2}-\d{2}|\d{8})$/;

export class ModelDirectory {
  readonly #accounts = new Map<string, ProviderAccount>();
  readonly #aliases = new Map<string, Alias>();
  readonly #lists: ModelLists;
  readonly #ports: AiPorts;

  constructor(input: AiInput, ports: AiPorts) {
    this.#lists = new ModelLists(ports);
    this.#ports = ports;
    for (const [name, provider] of input.providers) this.#accounts.set(name, compileProvider(name, provider));
    for (const [name, model] of input.models) this.#aliases.set(name, this.#compileAlias(name, model));
  }

  /** The targets in the order to try them; empty where nobody has the model. */
  resolve(name: string): readonly ModelTarget[] | Promise<readonly ModelTarget[]> {
    const alias = this.#aliases.get(name);
    if (alias) return alias.weighted ? this.#drawn(alias) : alias.targets.map(({ target }) => target);
    const slash = name.indexOf("/");
    const account = slash > 0 ? this.#accounts.get(name.slice(0, slash)) : undefined;
    if (account && slash < name.length - 1) return [plainTarget(account, name.slice(slash + 1))];
    const known = this.#findBare(name);
    return known ? [known] : this.#learnBare(name);
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
    for (const account of this.#accounts.values()) if (!account.modelsAreFixed && this.#lists.has(account, unpinned)) return plainTarget(account, name);
    return null;
  }

  async #learnBare(name: string): Promise<readonly ModelTarget[]> {
    await this.#lists.learn([...this.#accounts.values()]);
    // Ollama's names have a tag, and mean the latest without one.
    const found = this.#findBare(name) ?? this.#findBare(`${name}:latest`);
    return found ? [found] : [];
  }

  #compileAlias(name: string, model: Model): Alias {
    if (model.strategy === "fastest" || model.strategy === "cheapest") {
      this.#ports.warn(`the model ${name} asks for the strategy ${model.strategy}, which is not carried out yet: its targets are tried in their order`, { model: name });
    }
    const targets = model.targets.flatMap(({ model: reference, weight }) => {
      const slash = reference.indexOf("/");
      const account = this.#accounts.get(reference.slice(0, slash));
      if (!account) this.#ports.warn(`the model ${name} names the provider ${reference.slice(0, slash)}, which is not configured`, { model: name });
      return account ? [{ target: aliasTarget(account, reference.slice(slash + 1), model.timeouts), weight }] : [];
    });
    return { targets, weighted: model.strategy === "weighted" };
  }

  /** One drawn by weight, then another of the rest in case it fails, and so on. Nothing is drawn with weight 0. */
  #drawn(alias: Alias): ModelTarget[] {
    const rest = alias.targets.filter(({ weight }) => weight > 0);
    const drawn: ModelTarget[] = [];
    while (rest.length > 0) {
      let ticket = this.#ports.random() * rest.reduce((sum, { weight }) => sum + weight, 0);
      const index = Math.max(0, rest.findIndex(({ weight }) => (ticket -= weight) < 0));
      for (const { target } of rest.splice(index, 1)) drawn.push(target);
    }
    return drawn;
  }
}

/** A target without what an alias may say of it. */
export function plainTarget(account: ProviderAccount, model: string): ModelTarget {
  return { account, model, firstTokenMs: undefined, idleMs: account.timeouts.idleMs };
}

function aliasTarget(account: ProviderAccount, model: string, timeouts: Model["timeouts"]): ModelTarget {
  return { account, model, firstTokenMs: timeouts.firstToken, idleMs: timeouts.idle ?? account.timeouts.idleMs };
}
