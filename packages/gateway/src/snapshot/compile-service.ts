/** One service of the snapshot, compiled to its route. */
import type { Service } from "@parley/contract/config/service";
import type { Canary } from "@parley/contract/config/canary";
import { upstream as upstreamSchema, type Upstream } from "@parley/contract/config/upstream";
import { problemShape } from "../exchange/problem-shape.ts";
import { compilePipeline, openRoute, type SharedChains } from "../pipeline/compile.ts";
import type { Handler } from "../pipeline/policy.ts";
import type { PipelinePorts } from "../pipeline/route-plan.ts";
import { newRoute, type Route } from "../routing/route.ts";
import { forwardByVersion } from "../upstreams/by-version.ts";
import { openUpstream, type ForwardPlan, type ForwardPorts, type Upstreams } from "../upstreams/forward-plan.ts";
import { openMirror } from "../upstreams/mirror/open-mirror.ts";
import { compileRewrite, type RequestRewrite } from "../upstreams/rewrite.ts";
import { forwardByRoute, forwardTo } from "../upstreams/forward.ts";
import { type FindDocument, planOf } from "./plan-of-service.ts";

export interface ServicePorts {
  pipeline: PipelinePorts;
  forward: ForwardPorts;
}

/** Secrets are open already. `chains` are those of all services that are in force together. */
export function compileService(name: string, service: Service, ports: ServicePorts & { chains: SharedChains }, findDocument: FindDocument = () => null): Route {
  const plan = planOf(name, service, { findDocument, random: ports.forward.random });
  const { handler: forward, only, close } = forwarding(name, service, ports.forward);
  const parts = openRoute(plan, ports.pipeline, only);
  const { chains } = ports;
  const shared = only === null ? null : chains.take(plan, ports.pipeline, () => forwardByRoute(ports.forward));
  if (shared === null) return newRoute({ ...parts, handler: compilePipeline(plan, ports.pipeline, forward), shape: problemShape, close });
  const closeShared = (): void => {
    chains.giveBack(shared);
    close();
  };
  return newRoute({ ...parts, handler: shared.handler, shape: problemShape, close: closeShared });
}

/** What stands in the place of a service that could not be compiled: closed, not gone. */
export function brokenService(name: string): Route {
  const handler: Handler = (_exchange, sink) => sink.fault({ code: "internal-error", detail: `The service ${name} could not be set up. The gateway's log says why.` });
  return newRoute({ service: name, handler, shape: problemShape });
}

/** What carries the calls at the end of the pipeline, and how to end what works beside it. */
interface Forwarding {
  handler: Handler;
  /** Where all calls go, and nowhere else; null where that depends on the call. */
  only: ForwardPlan | null;
  close: () => void;
}

function forwarding(name: string, service: Service, ports: ForwardPorts): Forwarding {
  const rewrite = compileRewrite(service.rewrite);
  const carrying = upstreamsOf(name, service, { ports, rewrite });
  if (service.mirror === undefined) return carrying;
  const mirror = openMirror(service.mirror, { name, service, ports, rewrite, next: carrying.handler });
  const close = (): void => {
    mirror.close();
    carrying.close();
  };
  return { handler: mirror.handler, only: null, close };
}

function upstreamsOf(name: string, service: Service, { ports, rewrite }: { ports: ForwardPorts; rewrite: RequestRewrite | null }): Forwarding {
  const opened: Upstreams[] = [];
  const open = (upstream: Upstream, takenOff = 0): Handler => {
    const one = openUpstream(name, upstream, { ports, path: service.path, takenOff, rewrite });
    opened.push(one);
    return forwardTo(name, one.plan, ports);
  };
  const { upstream, versions, canary } = service;
  const common = upstream ? open(upstream) : null;
  const close = (): void => opened.forEach((one) => one.close());
  const versionList = Object.entries(versions?.list ?? {});
  const separate = new Map(versionList.flatMap(([version, own]) => (own.upstream ? [[version, open(own.upstream, version.length + 1)] as const] : [])));
  if (common !== null && separate.size === 0 && canary?.target === undefined) return { handler: common, only: (opened[0] as Upstreams).plan, close };
  const beside = canary?.target === undefined ? null : { settings: canary, handler: open(...canaryUpstream(service, canary, canary.target)) };
  return { handler: forwardByVersion({ service: name, common, separate, canary: beside, random: ports.random }), only: null, close };
}

/** As the upstream that it stands in for, but for the target. */
function canaryUpstream({ upstream, versions }: Service, canary: Canary, target: string): [upstream: Upstream, takenOff: number] {
  const own = canary.version === undefined ? undefined : versions?.list[canary.version]?.upstream;
  const stoodInFor = own ?? upstream ?? upstreamSchema.parse({ targets: [{ url: target }] });
  const { health: _health, ...settings } = stoodInFor;
  return [{ ...settings, targets: [{ url: target, weight: 1, tier: 0 }] }, own && canary.version !== undefined ? canary.version.length + 1 : 0];
}
