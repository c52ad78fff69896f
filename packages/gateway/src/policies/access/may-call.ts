/** Hot path. Whether a consumer that is known may call this service. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { KnownConsumer, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";

export function mayCall(consumerName: string, plan: RoutePlan, ports: PipelinePorts): boolean {
  return isAllowed(ports.findConsumer(consumerName), plan.service);
}

export function isAllowed(consumer: KnownConsumer | undefined, service: string): boolean {
  return consumer !== undefined && (consumer.access === null || consumer.access.has(service));
}

export function notAllowed(consumerName: string, service: string): Refusal {
  return { code: "not-allowed", detail: `The consumer ${consumerName} may not call ${service}.` };
}
