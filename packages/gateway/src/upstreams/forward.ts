/**
 * Hot path (benchmarks: http, scale). The last handler of a service's pipeline: hands the call to the upstream, or ties the
 * connection to it where the call asks for an upgrade. May import the transport, the exchange and the pipeline's contract, nothing above them.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Handler } from "../pipeline/policy.ts";
import { routeOf } from "../pipeline/route-parts.ts";
import type { ForwardPlan, ForwardPorts } from "./forward-plan.ts";
import { ForwardedCall, type ForwardInput } from "./forwarded-call.ts";
import { tunnel } from "./tunnel.ts";

/** A body up to this size is held and sent in one piece; then it can also be sent again. */
export const heldBodyBytes = 64 * 1024;

export function forwardTo(service: string, plan: ForwardPlan, ports: ForwardPorts): Handler {
  return (exchange, sink) => forward({ service, plan, ports, exchange, sink });
}

/** One handler for all routes with one upstream. */
export function forwardByRoute(ports: ForwardPorts): Handler {
  return (exchange, sink) => {
    const { service, upstream } = routeOf(exchange);
    return forward({ service, plan: upstream as ForwardPlan, ports, exchange, sink });
  };
}

function forward(input: ForwardInput): void | Promise<void> {
  const { service, plan, exchange, sink } = input;
  const closedForMs = plan.balancer.closedForMs();
  if (closedForMs > 0) return sink.fault(closed(service, closedForMs));
  const { length } = exchange.body;
  // A tunnel begins where the request ends. One that has a body is carried as if nothing had been offered, as RFC 9110 §7.8 lets anybody do.
  if (exchange.upgrade !== null && length === 0) return tunnel(input, exchange.upgrade);
  if (length === 0) return start(input, null);
  if (length === null || length > heldBodyBytes) return start(input, "stream");
  return exchange.body.whole().then((body) => start(input, body));
}

function start(input: ForwardInput, body: Buffer | "stream" | null): void | Promise<void> {
  const { saturation } = input.plan;
  if (saturation === null) return new ForwardedCall(input).start(body);
  const { exchange, ports, sink, service } = input;
  const { caller } = exchange;
  const waiting = { priority: caller === null ? "normal" : ports.priorityOf(caller.consumer), holder: caller?.consumer ?? exchange.clientAddress } as const;
  const entered = saturation.enter(waiting, (callback) => exchange.onClientGone(callback));
  if (entered === true) return new ForwardedCall(input).start(body);
  const since = performance.now();
  return Promise.resolve(entered).then((admitted) => {
    exchange.step("waited for the upstream", since);
    if (admitted) return new ForwardedCall(input).start(body);
    ports.shed(service);
    sink.fault(saturated(service));
  });
}

function saturated(service: string): Refusal {
  return { code: "upstream-saturated", detail: `The upstream of ${service} is at its concurrency limit.`, headers: { "Retry-After": "1" } };
}

function closed(service: string, forMs: number): Refusal {
  return {
    code: "upstream-resting",
    detail: `The upstream of ${service} has failed several times in a row, so its circuit breaker refuses calls for a while.`,
    headers: { "Retry-After": String(Math.ceil(forMs / 1000)) },
  };
}
