/**
 * What happens to a call, in order. This is the only place that knows it; each policy says in its own folder what it
 * does. A policy answers itself, or hands the call to the one below; answers travel back up the same way.
 */
import { accessPolicy } from "../policies/access/access.ts";
import { conflictPolicy } from "../policies/conflict/conflict.ts";
import { limitsPolicy } from "../policies/limits/limits.ts";
import { versionsPolicy } from "../policies/versions/versions.ts";
import type { Policy } from "./policy.ts";
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";

export const pipelineOrder: readonly Policy<RoutePlan, PipelinePorts>[] = [
  // First of all, so that nobody without a right learns anything or costs anything; what follows knows the caller.
  accessPolicy,
  // As soon as the caller is known, whose version it may be; limits and everything below may depend on it.
  versionsPolicy,
  // Before anything that works for the call, and after access, because limits belong to a known consumer.
  limitsPolicy,
  // Last, next to the service: it speaks for the resource, so what it judges is what is sent, and a refused call costs it nothing.
  conflictPolicy,
  // At the end, and not in this list: the service or the AI endpoint itself.
];
