/** Hot path. Whether a consumer that is known may call this service. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";

export function mayCall(consumerName: string, plan: RoutePlan, ports: PipelinePorts): boolean {
  const consumer = ports.findConsumer(consumerName);
  return consumer !== undefined && (consumer.access === null || consumer.access.has(plan.service));
}

export function notAllowed(consumerName: string, plan: RoutePlan): Refusal {
  return { code: "not-allowed", detail: `The consumer ${consumerName} may not call ${plan.service}.` };
}
