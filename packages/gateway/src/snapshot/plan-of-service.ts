/** What the policies of a service's route are compiled from: the service as the snapshot has it, and what each policy wants of it. */
import type { Service } from "@parley/contract/config/service";
import { timeouts } from "@parley/contract/config/upstream";
import type { Versions } from "@parley/contract/config/versions";
import { serviceLink, versionsPath } from "@parley/contract/problems/problem";
import type { ApiDocument } from "@parley/openapi";
import type { AdapterPlan, ConflictPlan, DocumentPlan, RoutePlan, VersionPlan } from "../pipeline/route-plan.ts";
import type { CachePlan } from "../policies/cache/cache-plan.ts";

/** Of a version, or of the service itself; null where there is none. */
export type FindDocument = (version: string | undefined) => ApiDocument | null;

interface PlanPorts {
  findDocument: FindDocument;
  /** From 0 to under 1. */
  random: () => number;
}

/** Every member of the plan is given, so that a policy's new one cannot be forgotten here, where the policy would never run. */
export function planOf(name: string, service: Service, { findDocument, random }: PlanPorts): Required<RoutePlan> {
  const documents = documentPlan(service, { findDocument, random });
  const isDocumented = documents !== null && documents.list.length > 0;
  return {
    service: name,
    kind: "http",
    path: service.path,
    access: service.access,
    tokens: service.jwt,
    certificates: service.mtls,
    limits: service.limits,
    conflict: conflictPlan(service),
    versions: service.versions ? versionPlan(name, service, { settings: service.versions, random, isDocumented }) : null,
    adapters: adapterPlan(service),
    documents,
    addresses: service.addresses,
    cors: service.cors,
    compression: service.compression,
    redirects: service.redirects,
    answerHeaders: service.rewrite?.response,
    cache: cachePlan(service),
  };
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
  const missing = places.flatMap((place) => (place.openapi !== undefined && place.validate === "enforce" && findDocument(place.version) === null ? [place.version] : []));
  return list.length + missing.length === 0 ? null : { path, separate: separateVersions(versions), list, missing, answers: validateAnswers, random };
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

/** Those with an upstream of their own. */
function separateVersions(versions: Service["versions"]): ReadonlySet<string> {
  return new Set(Object.entries(versions?.list ?? {}).flatMap(([name, { upstream }]) => (upstream ? [name] : [])));
}

function versionPlan(service: string, { path, canary }: Service, { settings, random, isDocumented }: { settings: Versions; random: () => number; isDocumented: boolean }): VersionPlan {
  return { service, path, settings, separate: separateVersions(settings), page: `${versionsPath}${service}`, link: isDocumented ? serviceLink(service) : null, canary: canary && canary.target === undefined ? canary : null, random };
}
