/** One service of the snapshot, compiled to its route. */
import type { Service } from "@parley/contract/config/service";
import { timeouts } from "@parley/contract/config/upstream";
import { problemShape } from "../exchange/problem-shape.ts";
import { compilePipeline } from "../pipeline/compile.ts";
import type { Handler } from "../pipeline/policy.ts";
import type { ConflictPlan, PipelinePorts } from "../pipeline/route-plan.ts";
import type { Route } from "../routing/route.ts";
import { openUpstream, type ForwardPorts, type Upstreams } from "../upstreams/forward-plan.ts";
import { forwardTo } from "../upstreams/forward.ts";

export interface ServicePorts {
  pipeline: PipelinePorts;
  forward: ForwardPorts;
}

/** Secrets are open already. */
export function compileService(name: string, service: Service, ports: ServicePorts): Route {
  const plan = { service: name, kind: "http" as const, access: service.access, tokens: service.jwt, limits: service.limits, conflict: conflictPlan(service) };
  const upstream = service.upstream ? openUpstream(name, service.upstream, ports.forward) : null;
  const handler = compilePipeline(plan, ports.pipeline, forwarding(name, upstream, ports.forward));
  return { service: name, kind: "http", shape: problemShape, handler, ...(upstream ? { close: () => upstream.close() } : {}) };
}

function conflictPlan(service: Service): ConflictPlan {
  const { connect, firstByte, idle } = service.upstream?.timeouts ?? timeouts.parse({});
  return { path: service.path, settings: service.conflict, timeouts: { connectMs: connect, firstByteMs: firstByte, idleMs: idle } };
}

/** What stands in the place of a service that could not be compiled: closed, not gone. */
export function brokenService(name: string): Route {
  const handler: Handler = (_exchange, sink) => sink.fault({ code: "internal-error", detail: `The service ${name} could not be set up. The gateway's log says why.` });
  return { service: name, kind: "http", shape: problemShape, handler };
}

function forwarding(name: string, upstream: Upstreams | null, ports: ForwardPorts): Handler {
  if (upstream) return forwardTo(name, upstream.plan, ports);
  return (_exchange, sink) => sink.fault({ code: "internal-error", detail: `The service ${name} has an upstream for each version only, and this release does not choose versions.` });
}
