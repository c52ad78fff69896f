// Hot path: once for each call of an alias.
/** An alias: its targets, and the order in which a call tries them. Compiled once for a snapshot. */
import type { Model } from "@parley/contract/config/ai";
import { RefusalError } from "../../exchange/answer.ts";
import type { ConversationPins } from "./conversation-pins.ts";
import type { ModelTarget } from "./model-target.ts";
import { compileCondition } from "./target-conditions.ts";
import type { Asked, Condition } from "./target-conditions.ts";

export interface AliasTarget {
  readonly target: ModelTarget;
  readonly weight: number;
  /** Null where it may answer every call. */
  readonly condition: Condition | null;
}

export interface AliasPorts {
  /** Unix milliseconds. */
  now(): number;
  random(): number;
  pins: ConversationPins;
  /** What a usual call of the target costs; null where its price is not known. */
  price(target: ModelTarget): number | null;
}

/** One in so many calls of the fastest goes to another target first, so that its figure stays true. */
const exploredShare = 0.05;

export class ModelAlias {
  readonly #name: string;
  readonly #strategy: Model["strategy"];
  readonly #targets: readonly AliasTarget[];
  readonly #isPinned: boolean;
  readonly #hasConditions: boolean;
  readonly #plain: readonly ModelTarget[];
  readonly #ports: AliasPorts;

  constructor(name: string, model: Model, { targets, ports }: { targets: readonly AliasTarget[]; ports: AliasPorts }) {
    this.#name = name;
    this.#strategy = model.strategy;
    this.#targets = targets;
    this.#isPinned = model.pin === "conversation";
    this.#hasConditions = targets.some(({ condition }) => condition !== null);
    this.#plain = targets.map(({ target }) => target);
    this.#ports = ports;
  }

  /** In the order of the configuration. */
  get targets(): readonly ModelTarget[] {
    return this.#plain;
  }

  /** The targets in the order to try them. Throws a `RefusalError` where the conditions of none hold. */
  order(asked: Asked | undefined): readonly ModelTarget[] | Promise<readonly ModelTarget[]> {
    const allowed = this.#hasConditions ? this.#allowed(asked) : this.#targets;
    const ordered = this.#readyFirst(this.#byStrategy(allowed, asked));
    return this.#isPinned && asked ? this.#pinnedFirst(ordered, asked) : ordered;
  }

  /** Where nobody calls, as for a list of models, all may. */
  #allowed(asked: Asked | undefined): readonly AliasTarget[] {
    const allowed = this.#targets.filter(({ condition }) => condition === null || !asked || condition(asked));
    if (allowed.length > 0 || this.#targets.length === 0) return allowed;
    throw new RefusalError({ code: "no-target-matches", detail: `none of the targets of ${this.#name} may answer this call: the conditions of each exclude it`, extensions: { param: "model" } });
  }

  #byStrategy(allowed: readonly AliasTarget[], asked: Asked | undefined): readonly ModelTarget[] {
    switch (this.#strategy) {
      case "failover":
        return allowed === this.#targets ? this.#plain : allowed.map(({ target }) => target);
      case "weighted":
        return this.#drawn(allowed);
      case "fastest":
        return this.#fastest(allowed, asked?.stream ? "stream" : "whole");
      case "cheapest":
        return sortedBy(allowed, ({ target }) => this.#ports.price(target) ?? Infinity);
    }
  }

  /** One drawn by weight, then another of the rest in case it fails, and so on. Nothing is drawn with weight 0. */
  #drawn(allowed: readonly AliasTarget[]): ModelTarget[] {
    const rest = allowed.filter(({ weight }) => weight > 0);
    const drawn: ModelTarget[] = [];
    while (rest.length > 0) {
      let ticket = this.#ports.random() * rest.reduce((sum, { weight }) => sum + weight, 0);
      const index = Math.max(0, rest.findIndex(({ weight }) => (ticket -= weight) < 0));
      for (const { target } of rest.splice(index, 1)) drawn.push(target);
    }
    return drawn;
  }

  /** What was not measured yet comes first, in the order of the configuration. */
  #fastest(allowed: readonly AliasTarget[], kind: "stream" | "whole"): ModelTarget[] {
    const ordered = sortedBy(allowed, ({ target }) => target.speed?.expected(kind) ?? 0);
    if (ordered.length < 2 || this.#ports.random() >= exploredShare) return ordered;
    const [explored] = ordered.splice(1 + Math.floor(this.#ports.random() * (ordered.length - 1)), 1);
    return explored ? [explored, ...ordered] : ordered;
  }

  /** A provider that said until when it is not to be asked comes last while others may be. */
  #readyFirst(ordered: readonly ModelTarget[]): readonly ModelTarget[] {
    if (ordered.length < 2) return ordered;
    const nowMs = this.#ports.now();
    const isReady = ({ account, model }: ModelTarget): boolean => account.keys.toldToWaitUntil(nowMs, model) === 0;
    if (ordered.every(isReady)) return ordered;
    return [...ordered.filter(isReady), ...ordered.filter((target) => !isReady(target))];
  }

  #pinnedFirst(ordered: readonly ModelTarget[], asked: Asked): readonly ModelTarget[] | Promise<readonly ModelTarget[]> {
    const conversation = asked.conversation();
    if (conversation === null) return ordered;
    const key = `${this.#name}\n${asked.consumer ?? ""}\n${conversation}`;
    const { pins } = this.#ports;
    const mine = ordered.map((target) => ({ ...target, answered: () => pins.pin(key, idOf(target)) }));
    const pinned = pins.targetOf(key);
    return pinned instanceof Promise ? pinned.then((target) => firstOf(mine, target)) : firstOf(mine, pinned);
  }
}

function firstOf(targets: readonly ModelTarget[], pinned: string | undefined): readonly ModelTarget[] {
  const first = targets.findIndex((target) => idOf(target) === pinned);
  return first <= 0 ? targets : [...targets.slice(first, first + 1), ...targets.slice(0, first), ...targets.slice(first + 1)];
}

function idOf({ account, model }: ModelTarget): string {
  return `${account.name}/${model}`;
}

/** Stable, so that equals stay in the order of the configuration. */
function sortedBy(targets: readonly AliasTarget[], figure: (target: AliasTarget) => number): ModelTarget[] {
  return targets
    .map((each) => ({ target: each.target, figure: figure(each) }))
    .sort((one, other) => (one.figure === other.figure ? 0 : one.figure - other.figure))
    .map(({ target }) => target);
}

export function compileAliasTarget(target: ModelTarget, written: Model["targets"][number]): AliasTarget {
  return { target, weight: written.weight, condition: compileCondition(written.when) };
}
