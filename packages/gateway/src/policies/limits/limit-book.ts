/** Hot path (benchmarks: http, scale). The limits of one route by who calls. */
import type { Exchange } from "../../exchange/exchange.ts";
import { consumerOf } from "../../pipeline/consumer-of.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { callerSources, CallerLimits, isSameEverywhere } from "./caller-limits.ts";
import { compileLimits, type CallLimits, type CompiledLimits, type LimitSource } from "./compiled-limits.ts";

/** On a service without limits of its own, of a caller whose limits are the same on all of them; undefined where a book has to say. */
export function limitsAnywhere(exchange: Exchange, ports: PipelinePorts): CallLimits | null | undefined {
  const { caller } = exchange;
  const consumer = caller === null ? undefined : consumerOf(caller, ports);
  if (caller === null || consumer === undefined) return null;
  if (consumer.team !== undefined || caller.limits) return undefined;
  let limits = consumer.sharedLimits;
  if (limits === undefined) {
    const holder = { consumer, caller, team: undefined };
    if (!isSameEverywhere(holder)) return undefined;
    limits = ports.callerLimits.of(holder);
  }
  return limits === null || limits.ofCall === null ? limits : limits.ofCall(exchange);
}

type LimitedRoute = Pick<RoutePlan, "service" | "limits"> & { path: string | undefined };

export class LimitBook {
  readonly service: string;
  readonly #plan: LimitedRoute;
  readonly #ports: PipelinePorts;
  /** The service has none of its own: a caller's are those of every other such service. */
  readonly #isBare: boolean;
  /** With the service's own limits, or with the service's name in the caller's. */
  readonly #ofCallers: CallerLimits;
  /** For those whom nobody knows. */
  readonly #ofUnknown: CompiledLimits | null;

  constructor(plan: LimitedRoute, ports: PipelinePorts) {
    this.service = plan.service;
    this.#plan = plan;
    this.#ports = ports;
    this.#isBare = plan.limits.length === 0;
    this.#ofUnknown = compileLimits([this.#own()]);
    this.#ofCallers = new CallerLimits((holder) => compileLimits([...callerSources(holder, this.service), ...this.#ownOf(holder.consumer.name)]));
  }

  limitsOf(exchange: Exchange): CallLimits | null {
    const limits = this.#compiledFor(exchange);
    return limits === null || limits.ofCall === null ? limits : limits.ofCall(exchange);
  }

  #compiledFor(exchange: Exchange): CompiledLimits | null {
    const { caller } = exchange;
    if (caller === null) return this.#ofUnknown;
    const consumer = consumerOf(caller, this.#ports);
    if (!consumer) return null;
    const team = consumer.team === undefined ? undefined : this.#ports.findTeam(consumer.team);
    if (consumer.team !== undefined) exchange.record.team = consumer.team;
    const holder = { consumer, caller, team };
    return this.#isBare && isSameEverywhere(holder) ? this.#ports.callerLimits.of(holder) : this.#ofCallers.of(holder);
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
