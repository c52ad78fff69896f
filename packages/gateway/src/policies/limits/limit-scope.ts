/** Hot path of routes whose limits look at the call: apart for whom a limit is counted, and for which calls it is. */
import type { LimitScope, RequestLimit } from "@parley/contract/config/limits";
import { addressNetwork } from "../../exchange/address-network.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { methodsAskedFor } from "../../exchange/method-override.ts";
import { compilePathPattern } from "../../exchange/path-pattern.ts";

/** Ends the counters' key of the call. */
export type ScopeOf = (exchange: Exchange) => string;
export type Applies = (exchange: Exchange) => boolean;

/** Null where nothing is counted apart. */
export function compileScope(by: LimitScope | readonly LimitScope[] | null, service: string): ScopeOf | null {
  if (by === null) return null;
  const parts = [by].flat().map((scope) => scopeOf(scope, service));
  const [first, ...others] = parts as [ScopeOf, ...ScopeOf[]];
  return others.length === 0 ? first : (exchange) => parts.map((part) => part(exchange)).join(":");
}

/** Whoever is not known is known by the address. */
function scopeOf(scope: LimitScope, service: string): ScopeOf {
  switch (scope) {
    case "consumer":
      return ({ caller, clientAddress }) => (caller === null ? `address:${addressNetwork(clientAddress)}` : `consumer:${caller.consumer}`);
    case "key":
      return ({ caller, clientAddress }) => (caller === null ? `address:${addressNetwork(clientAddress)}` : `key:${caller.consumer}/${caller.key}`);
    case "address":
      return ({ clientAddress }) => `address:${addressNetwork(clientAddress)}`;
    case "service":
      return () => `service:${service}`;
    case "version":
      return ({ version }) => `version:${service}/${version ?? ""}`;
  }
}

/** Null where the limit is for every call. */
export function compileApplies({ path, methods }: Pick<RequestLimit, "path" | "methods">, basePath: string): Applies | null {
  if (path === undefined && methods === undefined) return null;
  const wanted = methods === undefined ? null : new Set(methods);
  const matches = path === undefined ? null : compilePathPattern(path);
  const start = basePath === "/" ? 0 : basePath.length;
  return (exchange) => (wanted === null || isAmong(wanted, exchange)) && (matches === null || matches(decoded(exchange.path.slice(start))) !== null);
}

/** Also where a field asks the service to take it for one of them. */
function isAmong(wanted: ReadonlySet<string>, { method, headers }: Exchange): boolean {
  return wanted.has(method) || (methodsAskedFor(headers)?.some((asked) => wanted.has(asked)) ?? false);
}

/** `/%6Cogin` and `//login` are `/login` to many a service, also where another part of the path is no UTF-8. */
function decoded(path: string): string {
  const single = path.includes("//") ? path.replaceAll(/\/{2,}/g, "/") : path;
  if (!single.includes("%")) return single;
  try {
    return decodeURIComponent(single);
  } catch {
    return single.replaceAll(/%[0-7][0-9a-f]/gi, (triplet) => decodeURIComponent(triplet));
  }
}
