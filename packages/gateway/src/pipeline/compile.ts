/** Builds the chain of handlers of one route: once per change of its configuration, never per call. */
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";
import { pipelineOrder } from "./order.ts";
import type { Handler } from "./policy.ts";

/** `last` answers what no policy has answered. */
export function compilePipeline(plan: RoutePlan, ports: PipelinePorts, last: Handler): Handler {
  return pipelineOrder.reduceRight<Handler>((next, policy) => policy.create(plan, ports)?.(next) ?? next, last);
}
