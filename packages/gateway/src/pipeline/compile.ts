/** Builds the chain of handlers of one route: once per change of its configuration, never per call. */
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";
import { pipelineOrder } from "./order.ts";
import type { Handler } from "./policy.ts";

/** A handler, and whether it says itself which stage has come: then nobody has to say before it that one is over. */
interface Link {
  handler: Handler;
  isStage: boolean;
}

/** `last` answers what no policy has answered. */
export function compilePipeline(plan: RoutePlan, ports: PipelinePorts, last: Handler): Handler {
  return pipelineOrder.reduceRight<Link>((next, policy) => {
    const wrap = policy.create(plan, ports);
    if (wrap === null) return next;
    if (policy.stage === undefined) return { handler: wrap(next.handler), isStage: false };
    return { handler: entering(policy.stage, wrap(next.isStage ? next.handler : entering(null, next.handler))), isStage: true };
  }, { handler: last, isStage: false }).handler;
}

/** Tens of nanoseconds, where a policy is in use. */
function entering(stage: string | null, handler: Handler): Handler {
  return (exchange, sink) => {
    exchange.enter?.(stage);
    return handler(exchange, sink);
  };
}
