/** Builds chains of handlers: once per change of a route's configuration, never per call, and one for all routes whose policies are alike. */
import { pipelineOrder } from "./order.ts";
import type { Handler } from "./policy.ts";
import { bareRoute, type RouteParts } from "./route-parts.ts";
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";

/** A handler, and whether it says itself which stage has come: then nobody has to say before it that one is over. */
interface Link {
  handler: Handler;
  isStage: boolean;
}

/** `last` answers what no policy has answered. Calls bring what `openRoute` made. */
export function compilePipeline(plan: RoutePlan, ports: PipelinePorts, last: Handler): Handler {
  return pipelineOrder.reduceRight<Link>((next, policy) => {
    const wrap = policy.create(plan, ports);
    if (wrap === null) return next;
    if (policy.stage === undefined) return { handler: wrap(next.handler), isStage: false };
    return { handler: entering(policy.stage, wrap(next.isStage ? next.handler : entering(null, next.handler))), isStage: true };
  }, { handler: last, isStage: false }).handler;
}

/** What the policies of one route find of it. */
export function openRoute(plan: RoutePlan, ports: PipelinePorts, upstream: RouteParts["upstream"]): RouteParts {
  let observed: RouteParts["observed"] = null;
  for (const policy of pipelineOrder) observed = policy.open?.(plan, ports).observed ?? observed;
  return { ...bareRoute(plan.service), upstream, observed };
}

/** More different ones than anybody configures by hand; a route past them has a chain of its own. */
const maxChains = 1_000;

export interface SharedChain {
  readonly policies: string;
  readonly handler: Handler;
  /** How many have it. */
  routes: number;
}

/** Chains of routes that go to one upstream. With thousands of routes they are what every call meets, and therefore in the processor's caches. */
export class SharedChains {
  readonly #byPolicies = new Map<string, SharedChain>();

  /** `last` finds by the call where that goes. Null where the route needs a chain of its own. */
  take(plan: RoutePlan, ports: PipelinePorts, last: () => Handler): SharedChain | null {
    const policies = policiesOf(plan);
    if (policies === null) return null;
    const chain = this.#byPolicies.get(policies) ?? this.#begin(policies, () => compilePipeline(plan, ports, last()));
    if (chain !== null) chain.routes += 1;
    return chain;
  }

  /** By a route that is no longer in force. What no route has is forgotten: lists of addresses may be long, and change by the minute. */
  giveBack(chain: SharedChain): void {
    chain.routes -= 1;
    if (chain.routes === 0) this.#byPolicies.delete(chain.policies);
  }

  #begin(policies: string, compile: () => Handler): SharedChain | null {
    if (this.#byPolicies.size >= maxChains) return null;
    const chain = { policies, handler: compile(), routes: 0 };
    this.#byPolicies.set(policies, chain);
    return chain;
  }
}

/** The same for all routes that can share a chain. */
function policiesOf(plan: RoutePlan): string | null {
  const texts: string[] = [];
  for (const policy of pipelineOrder) {
    const text = policy.sharedAs(plan);
    if (text === null) return null;
    texts.push(text);
  }
  return texts.join("\n");
}

/** Tens of nanoseconds, where a policy is in use. */
function entering(stage: string | null, handler: Handler): Handler {
  return (exchange, sink) => {
    exchange.enter?.(stage);
    return handler(exchange, sink);
  };
}
