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
import { observing } from "./watch/observe-route.ts";
import { ObservedRoute } from "./watch/observed-route.ts";

export const conflictPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "conflict",
  stage: "guard",
  sharedAs({ conflict }) {
    if (conflict === null || conflict.settings.mode === "off") return "";
    return conflict.settings.mode === "observe" ? "observe" : null;
  },
  open(plan, { conflicts }) {
    const mode = plan.conflict?.settings.mode;
    if (plan.conflict !== null && mode === "observe") return { observed: new ObservedRoute(plan, plan.conflict, conflicts) };
    if (mode === "off") conflicts.book.register(plan.service, { guarantee: () => unguarded(plan.service, "off"), potential: () => [], recover: null });
    return {};
  },
  create: (plan, ports) => (plan.conflict === null ? null : inMode(plan, plan.conflict, ports)),
};

function inMode(plan: RoutePlan, conflict: ConflictPlan, { conflicts }: PipelinePorts): ((next: Handler) => Handler) | null {
  switch (conflict.settings.mode) {
    case "off":
      return null;
    case "observe":
      return observing;
    case "enforce":
    case "require":
      return (next) => besidesGrpc(guardRoute(plan, conflict, { ports: conflicts, next }), next);
  }
}

/** gRPC has no preconditions and no resources: what a call changes only the service knows, and its streams cannot be held. What asks to be taken for another method is no gRPC. */
function besidesGrpc(guarded: Handler, next: Handler): Handler {
  return (exchange, sink) => (isGrpc(exchange) && overriddenMethod(exchange.headers) === null ? next(exchange, sink) : guarded(exchange, sink));
}
