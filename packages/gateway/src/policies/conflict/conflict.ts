/**
 * The conflict policy's entry: chooses what stands in a route's chain. Off: nothing at all. Observe: a tap that changes
 * no byte. Enforce and require: the guard, which speaks for the resource. Hides all of it behind one line of the
 * pipeline; may import the exchange, the ledger's port, `@parley/merge` and its own folders.
 */
import { isGrpc } from "../../exchange/grpc.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { ConflictPlan, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { guardRoute } from "./guard/guard-route.ts";
import { overriddenMethod } from "./requests/method-override.ts";
import { unguarded } from "./unguarded.ts";
import { observeRoute } from "./watch/observe-route.ts";

export const conflictPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "conflict",
  stage: "guard",
  create(plan, ports) {
    if (plan.conflict === null) return null;
    return inMode(plan, plan.conflict, ports);
  },
};

function inMode(plan: RoutePlan, conflict: ConflictPlan, { conflicts }: PipelinePorts): ((next: Handler) => Handler) | null {
  switch (conflict.settings.mode) {
    case "off":
      conflicts.book.register(plan.service, {
        guarantee: () => unguarded(plan.service, "off"),
        potential: () => [],
        recover: null,
      });
      return null;
    case "observe":
      return (next) => observeRoute(plan, conflict, { ports: conflicts, next });
    case "enforce":
    case "require":
      return (next) => besidesGrpc(guardRoute(plan, conflict, { ports: conflicts, next }), next);
  }
}

/** gRPC has no preconditions and no resources: what a call changes only the service knows, and its streams cannot be held. What asks to be taken for another method is no gRPC. */
function besidesGrpc(guarded: Handler, next: Handler): Handler {
  return (exchange, sink) => (isGrpc(exchange) && overriddenMethod(exchange.headers) === null ? next(exchange, sink) : guarded(exchange, sink));
}
