/**
 * Hot path of services with versions (benchmark: policies). Which version a call means, and what it is told about it:
 * the caller's own choice first, then what its consumer is pinned to, then the default. What stands after it in the chain
 * finds the version in the exchange, and by path the segment is off already, so that one resource is one resource
 * whatever its version is called with. Hides selectors and life cycle; may import the exchange and the pipeline's types.
 */
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan, VersionPlan } from "../../pipeline/route-plan.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { outsideOfVersions } from "../../exchange/key-scopes.ts";
import type { VersionPath } from "../../exchange/version-path.ts";
import { isCanaryCall } from "../../upstreams/canary-choice.ts";
import { compileLifeCycle, type LifeCycle } from "./life-cycle.ts";
import { missingVersion, unknownVersion } from "./refusals.ts";
import { compileSelector } from "./selector.ts";

export const versionsPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "versions",
  stage: "version",
  sharedAs: ({ versions }) => (versions ? null : ""),
  create: (plan, ports) => (plan.versions ? (next) => versioned(plan, plan.versions as VersionPlan, { ports, next }) : null),
};

function versioned(plan: RoutePlan, versions: VersionPlan, { ports, next }: { ports: PipelinePorts; next: Handler }): Handler {
  const { settings, separate } = versions;
  const byPath = settings.select.by === "path";
  const selecting = selectingField(settings.select);
  const names = nameIndex(settings);
  const places = placeIndex(names, separate);
  const select = compileSelector(settings.select, (version) => names.has(version));
  const cycles = new Map(Object.keys(settings.list).map((name) => [name, compileLifeCycle(name, versions)]));
  const isOpen = plan.access === "open";
  const carry: Handler = (exchange, sink) => {
    const asked = select(exchange);
    const pinned = exchange.caller === null ? undefined : ports.findConsumer(exchange.caller.consumer)?.versions?.[plan.service];
    const named = asked !== null && !(byPath && !names.has(asked) && !looksLikeVersion(asked));
    const name = named ? names.get(asked) : (pinned ?? unnamed(versions, exchange));
    if (name === undefined) return sink.fault(named ? unknownVersion(asked, versions, ports.now()) : missingVersion(versions, ports.now()));
    const cycle = cycles.get(name) as LifeCycle;
    if (cycle.draft && pinned !== name) return sink.fault(unknownVersion(asked ?? name, versions, ports.now()));
    const outside = outsideOfVersions(exchange.caller, name);
    if (outside !== null) {
      if (!isOpen) return sink.fault(outside);
      // Without it everybody may have the version: then the call is nobody's, who is pinned to nothing.
      exchange.caller = null;
      return carry(exchange, sink);
    }
    exchange.version = name;
    exchange.record.version = name;
    if (selecting !== null && named) exchange.versionField = selecting;
    const unixMs = ports.now();
    const refusal = cycle.refusalAt(unixMs);
    if (name === versions.canary?.version) exchange.record.canary = true;
    const segment = byPath && named ? asked.length + 1 : 0;
    const place = segment > 0 ? places.named.get(asked as string) : places.unnamed.get(name);
    if (place !== undefined) exchange.versionPath = place;
    if (cycle.fieldsFor !== null) for (const field of cycle.fieldsFor({ target: exchange.target, below: exchange.rest.slice(segment) }, unixMs)) exchange.answerFields.push(field);
    if (refusal !== null) return sink.fault(refusal);
    if (segment > 0) takeSegmentOff(exchange, segment, versions.path);
    if (separate.has(name)) putVersionInFront(exchange, name, versions.path);
    return next(exchange, sink);
  };
  if (selecting === null) return carry;
  return (exchange, sink) => {
    exchange.answerFields.push("Vary", selecting);
    return carry(exchange, sink);
  };
}

/** One address, several versions: a cache between the caller and here has to know which field told them apart (RFC 9110 §12.5.5). */
function selectingField({ by, name }: VersionPlan["settings"]["select"]): string | null {
  if (by === "header") return name ?? "API-Version";
  return by === "media-type" ? "Accept" : null;
}

/** Of the calls that may get any version, a new one gets the share that it is given. */
function unnamed({ settings, canary, random }: VersionPlan, exchange: Exchange): string | undefined {
  if (canary?.version !== undefined && isCanaryCall(canary, exchange, random)) return canary.version;
  return settings.select.default;
}

/** Versions and their aliases. */
function nameIndex({ select, list }: VersionPlan["settings"]): Map<string, string> {
  return new Map([...Object.keys(list).map((name): [string, string] => [name, name]), ...Object.entries(select.aliases)]);
}

/** By what a path says, alias or version, and by the version of a call whose path says none. */
function placeIndex(names: ReadonlyMap<string, string>, separate: ReadonlySet<string>): { named: Map<string, VersionPath>; unnamed: Map<string, VersionPath> } {
  const own = (name: string): string => (separate.has(name) ? `/${name}` : "");
  return {
    named: new Map([...names].map(([asked, name]) => [asked, { shown: `/${asked}`, own: own(name) }])),
    unnamed: new Map([...separate].map((name) => [name, { shown: "", own: own(name) }])),
  };
}

/** `v3`, `3`, `2.1`, `2026-10-01`: whoever writes this where a version may stand means one, and not a resource by chance. */
function looksLikeVersion(segment: string): boolean {
  return /^(?:v\d{1,6}(?:\.\d{1,6}){0,2}|\d{1,3}\.\d{1,6}|\d{4}-\d{2}-\d{2})$/i.test(segment);
}

function takeSegmentOff(exchange: Exchange, length: number, servicePath: string): void {
  exchange.rest = exchange.rest.slice(length);
  exchange.path = pathOf(servicePath, exchange.rest);
}

/** A version with an upstream of its own has resources of its own: their paths say so, however the version was chosen. */
function putVersionInFront(exchange: Exchange, name: string, servicePath: string): void {
  exchange.rest = `/${name}${exchange.rest}`;
  exchange.path = pathOf(servicePath, exchange.rest);
}

function pathOf(servicePath: string, rest: string): string {
  const query = rest.indexOf("?");
  const below = query === -1 ? rest : rest.slice(0, query);
  return servicePath === "/" ? below || "/" : servicePath + below;
}
