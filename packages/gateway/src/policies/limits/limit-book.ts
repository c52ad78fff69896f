/** Hot path (benchmarks: http). Limits by who calls, compiled at the caller's first call and kept while the consumer's configuration stays. */
import type { Limit } from "@parley/contract/config/limits";
import type { Team } from "@parley/contract/config/team";
import type { Caller, Exchange } from "../../exchange/exchange.ts";
import type { KnownConsumer, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { compileLimits, type CallLimits, type CompiledLimits, type LimitSource } from "./compiled-limits.ts";

interface Known {
  consumer: KnownConsumer;
  team: Team | undefined;
  limits: CompiledLimits | null;
}

export class LimitBook {
  readonly service: string;
  readonly #plan: RoutePlan;
  readonly #ports: PipelinePorts;
  /** As many as there are consumers and keys with limits; one that is changed or removed is a new object, and the old one goes with it. */
  readonly #byHolder = new WeakMap<object, Known>();
  /** For those whom nobody knows. */
  readonly #ofUnknown: CompiledLimits | null;

  constructor(plan: RoutePlan, ports: PipelinePorts) {
    this.service = plan.service;
    this.#plan = plan;
    this.#ports = ports;
    this.#ofUnknown = compileLimits([this.#own()]);
  }

  limitsOf(exchange: Exchange): CallLimits | null {
    const limits = this.#compiledFor(exchange);
    return limits === null || limits.ofCall === null ? limits : limits.ofCall(exchange);
  }

  #compiledFor(exchange: Exchange): CompiledLimits | null {
    const { caller } = exchange;
    if (caller === null) return this.#ofUnknown;
    const consumer = this.#ports.findConsumer(caller.consumer);
    if (!consumer) return null;
    const team = consumer.team === undefined ? undefined : this.#ports.findTeam(consumer.team);
    if (consumer.team !== undefined) exchange.record.team = consumer.team;
    // A key with limits of its own has a book of its own.
    const holder = caller.limits ? caller : consumer;
    let known = this.#byHolder.get(holder);
    if (!known || known.team !== team || known.consumer !== consumer) this.#byHolder.set(holder, (known = { team, consumer, limits: this.#ofConsumer(consumer, caller, team) }));
    return known.limits;
  }

  #ofConsumer(consumer: KnownConsumer, caller: Caller, team: Team | undefined): CompiledLimits | null {
    return compileLimits([
      this.#source("key", `${consumer.name}/${caller.key}`, caller.limits ?? []),
      this.#source("team", consumer.team ?? "", team?.limits ?? []),
      this.#source("consumer", consumer.name, consumer.limits),
      ...this.#ownOf(consumer.name),
    ]);
  }

  #source(owner: string, name: string, limits: readonly Limit[]): LimitSource {
    return { owner, keyPrefix: `${owner}:${name}`, limits, scope: null, basePath: "/", service: this.service };
  }

  /** Those for each consumer have the name in their key, so that such limits are the same for every call. */
  #ownOf(consumer: string): LimitSource[] {
    const own = this.#own();
    return own.limits.map((limit) => {
      const isApart = "by" in limit && limit.by !== undefined;
      return isApart ? { ...own, limits: [limit] } : { ...own, limits: [limit], keyPrefix: `${own.keyPrefix}:consumer:${consumer}`, scope: null };
    });
  }

  #own(): LimitSource {
    return { owner: "service", keyPrefix: `service:${this.service}`, limits: this.#plan.limits, scope: "consumer", basePath: this.#plan.path ?? "/", service: this.service };
  }
}
