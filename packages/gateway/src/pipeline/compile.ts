/** Builds the chain of handlers of one route: once per change of its configuration, never per call. */
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";
import { pipelineOrder } from "./order.ts";
import type { Handler } from "./policy.ts";

/** `last` answers what no policy has answered. */
export function compilePipeline(plan: RoutePlan, ports: PipelinePorts, last: Handler): Handler {
  return pipelineOrder.reduceRight<Handler>((next, policy) => {
    const wrap = policy.create(plan, ports);
    if (wrap === null) return next;
    return policy.stage === undefined ? wrap(next) : entering(policy.stage, wrap(entering(null, next)));
  }, last);
}

/** Tens of nanoseconds, where a policy is in use. */
function entering(stage: string | null, handler: Handler): Handler {
  return (exchange, sink) => {
    exchange.enter?.(stage);
    return handler(exchange, sink);
  };
}
