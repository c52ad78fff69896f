/** One service of the snapshot, compiled to its route. */
import type { Service } from "@parley/contract/config/service";
import type { Canary } from "@parley/contract/config/canary";
import { timeouts, upstream as upstreamSchema, type Upstream } from "@parley/contract/config/upstream";
import type { Versions } from "@parley/contract/config/versions";
import { serviceLink, versionsPath } from "@parley/contract/problems/problem";
import type { ApiDocument } from "@parley/openapi";
import { problemShape } from "../exchange/problem-shape.ts";
import { compilePipeline, openRoute, type SharedChains } from "../pipeline/compile.ts";
import type { Handler } from "../pipeline/policy.ts";
import type { CachePlan } from "../policies/cache/cache-plan.ts";
import type { AdapterPlan, ConflictPlan, DocumentPlan, PipelinePorts, VersionPlan } from "../pipeline/route-plan.ts";
import { newRoute, type Route } from "../routing/route.ts";
import { forwardByVersion } from "../upstreams/by-version.ts";
import { openUpstream, type ForwardPlan, type ForwardPorts, type Upstreams } from "../upstreams/forward-plan.ts";
import { openMirror } from "../upstreams/mirror/open-mirror.ts";
import { compileRewrite, type RequestRewrite } from "../upstreams/rewrite.ts";
import { forwardByRoute, forwardTo } from "../upstreams/forward.ts";

export interface ServicePorts {
  pipeline: PipelinePorts;
  forward: ForwardPorts;
}

/** Of a version, or of the service itself; null where there is none. */
type FindDocument = (version: string | undefined) => ApiDocument | null;

/** Secrets are open already. `chains` are those of all services that are in force together. */
export function compileService(name: string, service: Service, ports: ServicePorts & { chains: SharedChains }, findDocument: FindDocument = () => null): Route {
  const documents = documentPlan(service, { findDocument, random: ports.forward.random });
  const versions = service.versions ? versionPlan(name, service, { settings: service.versions, random: ports.forward.random, isDocumented: documents !== null && documents.list.length > 0 }) : null;
  const plan = { service: name, kind: "http" as const, access: service.access, tokens: service.jwt, certificates: service.mtls, limits: service.limits, conflict: conflictPlan(service), versions, adapters: adapterPlan(service), documents, path: service.path, addresses: service.addresses, cors: service.cors, compression: service.compression, redirects: service.redirects, answerHeaders: service.rewrite?.response, cache: cachePlan(service) };
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

/** Null where every version is its upstream's own. */
function adapterPlan({ path, versions }: Service): AdapterPlan | null {
  const list = Object.entries(versions?.list ?? {}).flatMap(([version, { adapt }]) => (adapt === undefined ? [] : [{ version, adapt, separate: versions?.list[adapt.to]?.upstream !== undefined }]));
  return list.length === 0 ? null : { path, list };
}

/** Null where the service has no document. */
function documentPlan({ path, upstream, versions, openapi, validate, validateAnswers }: Service, { findDocument, random }: { findDocument: FindDocument; random: () => number }): DocumentPlan | null {
  const places = [{ version: undefined, own: upstream, openapi, validate }, ...Object.entries(versions?.list ?? {}).map(([version, settings]) => ({ version, own: settings.upstream ?? upstream, openapi: settings.openapi, validate: settings.validate ?? validate }))];
  const list = places.flatMap((place) => {
    const document = findDocument(place.version);
    const url = place.own?.targets[0]?.url;
    return document === null ? [] : [{ version: place.version, document, validate: place.validate ?? "warn", upstreamPath: url === undefined ? null : new URL(url).pathname.replace(/\/$/, "") }];
  });
  const separate = new Set(Object.entries(versions?.list ?? {}).flatMap(([name, settings]) => (settings.upstream ? [name] : [])));
  const missing = places.flatMap((place) => (place.openapi !== undefined && place.validate === "enforce" && findDocument(place.version) === null ? [place.version] : []));
  return list.length + missing.length === 0 ? null : { path, separate, list, missing, answers: validateAnswers, random };
}

function conflictPlan(service: Service): ConflictPlan {
  const { connect, firstByte, idle } = service.upstream?.timeouts ?? timeouts.parse({});
  const select = service.versions?.select;
  const versionParameter = select?.by === "query" ? { versionParameter: select.name ?? "version" } : {};
  return { path: service.path, settings: service.conflict, ...versionParameter, timeouts: { connectMs: connect, firstByteMs: firstByte, idleMs: idle } };
}

/** Null where nothing is kept. */
function cachePlan({ cache, path, upstream, versions, canary }: Service): CachePlan | null {
  if (cache === undefined) return null;
  const upstreams = [upstream, ...Object.values(versions?.list ?? {}).map((version) => version.upstream)].filter((one) => one !== undefined);
  const replacesAuthorization = upstreams.every(({ credentials }) => credentials?.header.toLowerCase() === "authorization");
  const settleMs = Math.max(...upstreams.map(({ timeouts: { firstByte, idle } }) => Math.max(firstByte, idle)));
  return { settings: cache, path, separate: separatelyKept(versions), replacesAuthorization, hasCanary: canary?.target !== undefined, settleMs };
}

/** A service that sees which version was asked for may answer by it and forget to say so in Vary; the query is a part of what is kept anyway. */
function separatelyKept(versions: Service["versions"]): ReadonlySet<string> {
  const isSeen = versions?.select.by === "header" || versions?.select.by === "media-type";
  return isSeen ? new Set(Object.keys(versions.list)) : separateVersions(versions);
}

function separateVersions(versions: Service["versions"]): ReadonlySet<string> {
  return new Set(Object.entries(versions?.list ?? {}).flatMap(([name, { upstream }]) => (upstream ? [name] : [])));
}

/** What stands in the place of a service that could not be compiled: closed, not gone. */
export function brokenService(name: string): Route {
  const handler: Handler = (_exchange, sink) => sink.fault({ code: "internal-error", detail: `The service ${name} could not be set up. The gateway's log says why.` });
  return newRoute({ service: name, handler, shape: problemShape });
}

function versionPlan(service: string, { path, canary }: Service, { settings, random, isDocumented }: { settings: Versions; random: () => number; isDocumented: boolean }): VersionPlan {
  const separate = new Set(Object.entries(settings.list).flatMap(([name, { upstream }]) => (upstream ? [name] : [])));
  return { service, path, settings, separate, page: `${versionsPath}${service}`, link: isDocumented ? serviceLink(service) : null, canary: canary && canary.target === undefined ? canary : null, random };
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
