/**
 * Hot path (benchmarks: http). The limits that hold for one caller on one service, ready for every call: what to ask the
 * counters, and the fields that announce the policies. Limits on tokens and cost are budgets, and the AI side counts them.
 */
import type { ConcurrencyLimit, Limit, LimitScope, RequestLimit } from "@parley/contract/config/limits";
import type { Period } from "@parley/contract/units";
import type { RateCheck } from "@parley/stores/ports/counters";
import type { Exchange } from "../../exchange/exchange.ts";
import { compileApplies, compileScope, type Applies, type ScopeOf } from "./limit-scope.ts";
import type { Place } from "./places.ts";

/** What one call has to pass. */
export interface CallLimits {
  checks: readonly RateCheck[];
  /** The quoted names of the checks, as in both header fields. */
  names: readonly string[];
  /** The value of RateLimit-Policy. */
  policyField: string;
  concurrent: readonly Place[];
  /** Null where nothing but the listener bounds it. */
  bodyBytes: number | null;
}

/** The same for every call, unless `ofCall` is there. */
export interface CompiledLimits extends CallLimits {
  ofCall: ((exchange: Exchange) => CallLimits) | null;
}

export interface LimitSource {
  /** What the limits belong to, such as `consumer` or `service`; it begins the policies' names. */
  owner: string;
  /** Begins the counters' keys; names the owner. */
  keyPrefix: string;
  limits: readonly Limit[];
  /** Apart for whom, where a limit does not say; null where the prefix says it all. */
  scope: LimitScope | null;
  /** Where the paths of patterns begin. */
  basePath: string;
  service: string;
}

interface Conditions {
  applies: Applies | null;
  /** Null where `key` is the same for every call. */
  scope: ScopeOf | null;
}

interface Compiled {
  checks: (Conditions & { check: RateCheck; name: string; policy: string })[];
  places: (Conditions & { place: Place })[];
  sizes: (Pick<Conditions, "applies"> & { bytes: number })[];
}

/** Null where nothing is limited. */
export function compileLimits(sources: readonly LimitSource[]): CompiledLimits | null {
  const compiled: Compiled = { checks: [], places: [], sizes: [] };
  const names: string[] = [];
  for (const source of sources) {
    for (const limit of source.limits) {
      if ("concurrent" in limit) addPlace(compiled.places, limit, source);
      else if ("bodyBytes" in limit) compiled.sizes.push({ bytes: limit.bodyBytes, applies: compileApplies(limit, source.basePath) });
      else if ("requests" in limit) compiled.checks.push(requestCheck(limit, source, names));
    }
  }
  const all = [...compiled.checks, ...compiled.places, ...compiled.sizes];
  if (all.length === 0) return null;
  const depends = all.some((one) => one.applies !== null || ("scope" in one && one.scope !== null));
  return compiledLimits(collected(compiled, null), depends ? (exchange) => collected(compiled, exchange) : null);
}

/** All members stand here: the engine keeps those that are added to a copy in a second place, which is one more that is in no cache. */
export function compiledLimits({ checks, names, policyField, concurrent, bodyBytes }: CallLimits, ofCall: CompiledLimits["ofCall"]): CompiledLimits {
  return { checks, names, policyField, concurrent, bodyBytes, ofCall };
}

function requestCheck(limit: RequestLimit, source: LimitSource, names: string[]): Compiled["checks"][number] {
  const { owner, keyPrefix } = source;
  const apart = limit.by === undefined ? "" : `-by-${[limit.by].flat().join("-")}`;
  const name = uniqueName(`${owner}${apart}-${periodName(limit.per)}`, names);
  names.push(name);
  const zone = limit.per.kind === "calendar" && limit.zone !== undefined ? { zone: limit.zone } : {};
  const key = `${keyPrefix}:${name}${where(limit)}${zone.zone === undefined ? "" : `:${zone.zone}`}`;
  const check: RateCheck = { key, limit: limit.requests, period: limit.per, cost: 1, foundAt: -1, ...zone };
  return { check, name, policy: `${name};q=${limit.requests};w=${windowSeconds(limit)}`, applies: compileApplies(limit, source.basePath), scope: compileScope(limit.by ?? source.scope, source.service) };
}

/** Of two for the same calls the lower one holds. */
function addPlace(places: Compiled["places"], limit: ConcurrencyLimit, source: LimitSource): void {
  const key = `${source.keyPrefix}:concurrent${where(limit)}${limit.by === undefined ? "" : `:${[limit.by].flat().join("+")}`}`;
  const queue = limit.queue === undefined ? null : { length: limit.queue.length, waitMs: limit.queue.wait };
  const place: Place = { key, limit: limit.concurrent, queue };
  const same = places.findIndex((other) => other.place.key === key);
  const entry = { place, applies: compileApplies(limit, source.basePath), scope: compileScope(limit.by ?? source.scope, source.service) };
  if (same === -1) places.push(entry);
  else if (limit.concurrent < (places[same] as Compiled["places"][number]).place.limit) places[same] = entry;
}

function where({ path, methods }: Pick<RequestLimit, "path" | "methods">): string {
  return `${path === undefined ? "" : `:${path}`}${methods === undefined ? "" : `:${methods.join("+")}`}`;
}

/** One for the thousands of consumers that have none. */
const none: readonly never[] = [];

/** Without an exchange: everything, as it is where no limit looks at the call. */
function collected({ checks, places, sizes }: Compiled, exchange: Exchange | null): CallLimits {
  const holds = ({ applies }: { applies: Applies | null }): boolean => exchange === null || applies === null || applies(exchange);
  const keyed = (key: string, scope: ScopeOf | null): string => (exchange === null || scope === null ? key : `${key}:${scope(exchange)}`);
  const held = checks.filter(holds);
  const heldPlaces = places.filter(holds);
  return {
    checks: held.map(({ check, scope }) => (scope === null ? check : { ...check, key: keyed(check.key, scope) })),
    names: held.map(({ name }) => name),
    policyField: held.map(({ policy }) => policy).join(", "),
    concurrent: heldPlaces.length === 0 ? none : heldPlaces.map(({ place, scope }) => (scope === null ? place : { ...place, key: keyed(place.key, scope) })),
    bodyBytes: sizes.reduce<number | null>((least, size) => (holds(size) ? Math.min(least ?? Infinity, size.bytes) : least), null),
  };
}

function uniqueName(wanted: string, taken: readonly string[]): string {
  let name = `"${wanted}"`;
  for (let number = 2; taken.includes(name); number++) name = `"${wanted}-${number}"`;
  return name;
}

function periodName(period: Period): string {
  return period.kind === "calendar" ? period.unit : `${period.milliseconds / 1000}s`;
}

/** A calendar month is announced by its longest length; RateLimit says when it really ends. */
function windowSeconds(limit: RequestLimit): number {
  if (limit.per.kind === "rolling") return Math.max(1, Math.round(limit.per.milliseconds / 1000));
  return limit.per.unit === "day" ? 86_400 : 31 * 86_400;
}
