/**
 * Hot path of services with `cache`. Keeps answers and gives them again (RFC 9111), for a cache that the service's callers share.
 * Hides what may be kept, for whom and how long, and how writes put it out of date in all workers; may import the exchange.
 */
import { isGrpc } from "../../exchange/grpc.ts";
import { methodsAskedFor } from "../../exchange/method-override.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { sayStatus } from "./answers/cache-status.ts";
import { type CompiledCache, compileCache } from "./cache-plan.ts";
import { cachedRead } from "./read.ts";
import { cachedWrite } from "./writes/write.ts";

export const cachePolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "cache",
  sharedAs: ({ cache }) => (cache ? null : ""),
  open({ service, cache }, { caches }) {
    if (!cache) caches.forget(service);
    return {};
  },
  create({ service, cache }, ports) {
    return cache ? (next) => cached(compileCache(service, cache, { caches: ports.caches, now: () => ports.now(), next })) : null;
  },
};

/** They neither read what is kept nor change a resource. */
const besides: ReadonlySet<string> = new Set(["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "REPORT", "SEARCH", "QUERY", "LOCK", "UNLOCK"]);

function cached(plan: CompiledCache): Handler {
  return (exchange, sink) => {
    // A write that also offers to switch protocols is carried out all the same by whoever does not switch.
    if ((exchange.upgrade !== null && exchange.method === "GET") || isGrpc(exchange)) return plan.next(exchange, sink);
    const isRead = exchange.method === "GET" || exchange.method === "HEAD";
    // A read that asks to be taken for another method may be one to the service: its answer is not what others read, and it may have changed something.
    if (isRead && methodsAskedFor(exchange.headers) === null) return exchange.takesKept === true ? cachedRead(plan, exchange, sink) : plan.next(exchange, sink);
    if (!besides.has(exchange.method)) return cachedWrite(plan, exchange, sink);
    sayStatus(exchange, "fwd=method");
    return plan.next(exchange, sink);
  };
}
