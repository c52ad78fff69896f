/**
 * Hot path (benchmarks: http). The limits of keys, teams and consumers, compiled at the caller's first call and kept while the
 * configuration stays: once for all services, because most are the same on each. With ten thousand services and as many
 * consumers one of each pair would never be used twice.
 */
import type { Limit } from "@parley/contract/config/limits";
import type { Team } from "@parley/contract/config/team";
import type { Caller } from "../../exchange/exchange.ts";
import type { KnownConsumer } from "../../pipeline/route-plan.ts";
import { compiledLimits, compileLimits, type CompiledLimits, type LimitSource } from "./compiled-limits.ts";

interface Known {
  consumer: KnownConsumer;
  team: Team | undefined;
  limits: CompiledLimits | null;
}

type LimitWords = Pick<CompiledLimits, "names" | "policyField">;

export interface LimitHolder {
  consumer: KnownConsumer;
  caller: Caller;
  team: Team | undefined;
}

export class CallerLimits {
  /** As many as there are consumers and keys with limits; one that is changed or removed is a new object, and the old one goes with it. */
  readonly #byHolder = new WeakMap<object, Known>();
  readonly #compile: (holder: LimitHolder) => CompiledLimits | null;

  constructor(compile: (holder: LimitHolder) => CompiledLimits | null) {
    this.#compile = compile;
  }

  of(holder: LimitHolder): CompiledLimits | null {
    const { consumer, caller, team } = holder;
    // A key with limits of its own has a book of its own.
    const place = caller.limits ? caller : consumer;
    let known = this.#byHolder.get(place);
    if (known?.team !== team || known?.consumer !== consumer) this.#byHolder.set(place, (known = { team, consumer, limits: this.#compile(holder) }));
    return known.limits;
  }
}

/** For services without limits of their own. Most callers are consumers without a team, of whom the consumer itself holds what was compiled: no search finds it sooner. */
export class SharedCallerLimits {
  /** What consumers with the same limits say of them in their answers. */
  readonly #words = new WeakMap<readonly Limit[], LimitWords>();
  readonly #others = new CallerLimits(compileShared);

  of(holder: LimitHolder): CompiledLimits | null {
    const { consumer, caller, team } = holder;
    if (caller.limits || team !== undefined) return this.#others.of(holder);
    if (consumer.sharedLimits === undefined) consumer.sharedLimits = this.#sharing(consumer.limits, compileShared(holder));
    return consumer.sharedLimits;
  }

  #sharing(limits: readonly Limit[], compiled: CompiledLimits | null): CompiledLimits | null {
    if (compiled === null) return null;
    let words = this.#words.get(limits);
    if (words === undefined) this.#words.set(limits, (words = { names: compiled.names, policyField: compiled.policyField }));
    return compiledLimits({ ...compiled, ...words }, compiled.ofCall);
  }
}

export function sharedCallerLimits(): SharedCallerLimits {
  return new SharedCallerLimits();
}

function compileShared(holder: LimitHolder): CompiledLimits | null {
  return compileLimits(callerSources(holder, ""));
}

/** False where a limit is counted apart for each service, whose name then stands in what is compiled. */
export function isSameEverywhere({ consumer, caller, team }: LimitHolder): boolean {
  return !isApart(caller.limits) && !isApart(team?.limits) && !isApart(consumer.limits);
}

export function callerSources({ consumer, caller, team }: LimitHolder, service: string): LimitSource[] {
  const source = (owner: string, name: string, limits: readonly Limit[]): LimitSource => ({ owner, keyPrefix: `${owner}:${name}`, limits, scope: null, basePath: "/", service });
  return [
    source("key", `${consumer.name}/${caller.key}`, caller.limits ?? []),
    source("team", consumer.team ?? "", team?.limits ?? []),
    source("consumer", consumer.name, consumer.limits),
  ];
}

function isApart(limits: readonly Limit[] | undefined): boolean {
  if (limits === undefined) return false;
  for (const limit of limits) if ("by" in limit && limit.by !== undefined) return true;
  return false;
}
