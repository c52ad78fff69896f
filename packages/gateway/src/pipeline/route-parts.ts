/**
 * Hot path (benchmarks: http, scale). What is one route's own, in one object. Handlers that thousands of routes share find it by the
 * call: a handler made for each route would be some fifteen objects more that a call among many routes meets in no cache.
 */
import type { Exchange } from "../exchange/exchange.ts";
import type { ObservedRoute } from "../policies/conflict/watch/observed-route.ts";
import type { LimitBook } from "../policies/limits/limit-book.ts";
import type { ServiceCounts } from "../telemetry/call-metrics.ts";
import type { ForwardPlan } from "../upstreams/forward-plan.ts";

export interface RouteParts {
  /** The service's name; `ai` for the AI endpoints. */
  readonly service: string;
  /** Where its calls go; null where its own handler knows. */
  readonly upstream: ForwardPlan | null;
  /** Null where it does not observe. */
  readonly observed: ObservedRoute | null;
  /** Of callers whose limits are not the same on all services; null until there is one. */
  book: LimitBook | null;
  /** Where its calls are counted; the metrics keep it here from the first call on. */
  counts: ServiceCounts | null;
}

/** With nothing of its own but its name. */
export function bareRoute(service: string): RouteParts {
  return { service, upstream: null, observed: null, book: null, counts: null };
}

/** What the gateway asks for by itself is of no route, and comes by no handler that asks for it. */
export function routeOf({ route }: Exchange): RouteParts {
  if (route === null || route === undefined) throw new Error("a handler that routes share was given a call without its route");
  return route;
}
