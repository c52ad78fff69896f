/**
 * Enforce and require: the gateway speaks for the resources of a route. Sorts calls into reads, writes and leases; what is
 * none of them passes. Hides the ledger's protocol; imports the exchange, the ledger's port, `@parley/merge` and this policy's folders.
 */
import { derivedExchange } from "../../../exchange/derived-exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import type { ConflictPlan, RoutePlan } from "../../../pipeline/route-plan.ts";
import type { GuardedRoute } from "../book.ts";
import type { ConflictPorts } from "../conflict-ports.ts";
import { parsePreconditions } from "../preconditions/index.ts";
import { compileGuard, guaranteeOf, type GuardPlan } from "./guard-plan.ts";
import { type GuardedCall, guardedCall } from "./guarded-call.ts";
import { lockOrUnlock } from "./lease.ts";
import { startProbe } from "./probe.ts";
import { overriddenMethod } from "../requests/method-override.ts";
import { isPartial, partialPut } from "../requests/partial-put.ts";
import { batchKey, compileBatches } from "../batches/batch-plan.ts";
import { guardedBatch } from "../batches/guarded-batch.ts";
import { guardedRead } from "./read.ts";
import { recoverWrite } from "./recovery.ts";
import { restoreVersion } from "./restore.ts";
import { guardedWrite } from "./write/write.ts";

export function guardRoute(plan: RoutePlan, conflict: ConflictPlan, parts: { ports: ConflictPorts; next: Handler }): Handler {
  const guard = compileGuard(plan, conflict, parts);
  const registered = register(guard);
  const batches = compileBatches(conflict.settings.batches, conflict.path);
  startProbe(guard, () => parts.ports.book.route(plan.service) === registered);
  return (exchange, sink) => {
    // A tunnel is no request for a resource, and safe methods that select no representation have no preconditions.
    if ((exchange.upgrade !== null && exchange.method === "GET") || passing.has(exchange.method)) return parts.next(exchange, sink);
    const preconditions = parsePreconditions(exchange.headers, parts.ports.now());
    if (!preconditions.ok) return sink.fault({ code: "malformed-precondition", detail: `${preconditions.problem}.` });
    // A write that also offers to switch is a write: whoever does not switch carries it out (RFC 9110 §7.8).
    const asked = exchange.upgrade === null ? exchange : derivedExchange(exchange, {});
    const call = guardedCall(guard, asked, { sink, preconditions: preconditions.value });
    switch (exchange.method) {
      case "GET":
      case "HEAD":
        return guardedRead(call);
      case "LOCK":
      case "UNLOCK":
        return lockOrUnlock(call);
      default: {
        const override = exchange.method === "POST" ? overriddenMethod(exchange.headers) : null;
        // Whether the service minds the override or not, its items are written.
        const batch = batches?.get(batchKey(exchange.method, call.path)) ?? (override === null ? undefined : batches?.get(batchKey(override, call.path)));
        if (isPartial(override ?? exchange.method, exchange.headers) && (batch !== undefined || conflict.settings.partialPut === "refuse")) return sink.fault(partialPut);
        if (batch !== undefined) return guardedBatch(call, batch);
        return guardedWrite(override === null ? call : takenFor(call, override));
      }
    }
  };
}

/** It is judged as what it asks to be, and goes out as what it is. */
function takenFor(call: GuardedCall, method: string): GuardedCall {
  const { next } = call.plan;
  const plan: GuardPlan = { ...call.plan, next: (exchange, sink) => next(exchange.method === method ? derivedExchange(exchange, { method: "POST" }) : exchange, sink) };
  return { ...call, plan, exchange: derivedExchange(call.exchange, { method }) };
}

const passing: ReadonlySet<string> = new Set(["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "REPORT", "SEARCH", "QUERY"]);

function register(guard: GuardPlan): GuardedRoute {
  const { service, settings, ports } = guard;
  const route: GuardedRoute = {
    guarantee: () => ({ service, mode: settings.mode, ...guaranteeOf(guard) }),
    potential: () => [],
    recover: (write) => recoverWrite(guard, write),
    restore: (order) => restoreVersion(guard, order),
  };
  ports.book.register(service, route);
  return route;
}
