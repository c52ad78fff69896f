/** One service's cache, compiled: what all of its calls share. */
import type { Cache } from "@parley/contract/config/cache";
import type { Exchange } from "../../exchange/exchange.ts";
import { baseUrl } from "../../exchange/host.ts";
import { resourcePath } from "../../exchange/resource-path.ts";
import type { Handler } from "../../pipeline/policy.ts";
import type { Caches } from "./caches.ts";
import { carriesCredentials } from "./rules/storing.ts";
import { Fetches } from "./fetching/fetches.ts";
import { AnswerCache } from "./store/answer-cache.ts";

export interface CachePlan {
  settings: Cache;
  /** The service's path on the gateway. */
  path: string;
  /** Versions whose answers are not the others': those with an upstream of their own, and all that a field names which the service sees, too. */
  separate: ReadonlySet<string>;
  /** The service's own credentials stand in Authorization, in the place of the caller's. */
  replacesAuthorization: boolean;
  /** A release with a target of its own is compared with what is there, call by call. */
  hasCanary: boolean;
  /** How long after its failure a write may still be carried out. */
  settleMs: number;
}

export interface CompiledCache extends CachePlan {
  service: string;
  answers: AnswerCache;
  fetches: Fetches;
  caches: Caches;
  /** Unix milliseconds. */
  now: () => number;
  next: Handler;
}

export function compileCache(service: string, plan: CachePlan, ports: { caches: Caches; now: () => number; next: Handler }): CompiledCache {
  const answers = new AnswerCache(plan.settings.maxBytes);
  ports.caches.register(service, answers);
  return { ...plan, ...ports, service, answers, fetches: new Fetches() };
}

/** A path, and the whole name of what is asked for: its URI (RFC 9111 §2), whose it is, and which of separate versions. */
export function placeOf(plan: CompiledCache, exchange: Exchange): { path: string; key: string } {
  const path = resourcePath(exchange.path);
  const question = exchange.rest.indexOf("?");
  const query = question === -1 ? "" : exchange.rest.slice(question);
  const owner = plan.settings.scope === "consumer" ? (exchange.caller?.consumer ?? "") : "";
  const version = exchange.version !== undefined && plan.separate.has(exchange.version) ? exchange.version : "";
  return { path, key: `${owner}\n${version}\n${baseUrl(exchange)}${path}${query}` };
}

export function isAuthorized(plan: CompiledCache, exchange: Exchange): boolean {
  return carriesCredentials(exchange, plan.replacesAuthorization);
}
