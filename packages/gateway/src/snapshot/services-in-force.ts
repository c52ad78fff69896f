/**
 * The services in force with their documents, and the matcher's entries of them. What did not change is neither compiled
 * again nor loses its state.
 */
import { isDeepStrictEqual } from "node:util";
import type { Service } from "@parley/contract/config/service";
import { documentName, type SnapshotDocument } from "@parley/contract/snapshot";
import { documentOf, type ApiDocument } from "@parley/openapi";
import type { Logger } from "pino";
import { problemShape } from "../exchange/problem-shape.ts";
import { SharedChains } from "../pipeline/compile.ts";
import type { Handler } from "../pipeline/policy.ts";
import { routeOf } from "../pipeline/route-parts.ts";
import type { RouteTrie } from "../routing/route-trie.ts";
import { newRoute, type Route } from "../routing/route.ts";
import type { Commit } from "./commit.ts";
import { brokenService, compileService, type ServicePorts } from "./compile-service.ts";
import { withOpenSecrets } from "./open-secrets.ts";
import { canWait } from "./waiting-route.ts";

/** Where a service and the AI endpoints have one path, the service serves: the matcher takes the first by name. */
const serviceRank = "0 ";

export interface ServicesPorts {
  masterKey: Buffer;
  service: ServicePorts;
  log: Logger;
}

export class ServicesInForce {
  readonly #ports: () => ServicesPorts;
  readonly #matcher: RouteTrie<Route>;
  #services = new Map<string, Service>();
  #routes = new Map<string, Route>();
  readonly #chains = new SharedChains();
  /** Of all routes that wait for their first call. */
  readonly #first: Handler = (exchange, sink) => {
    const { service } = routeOf(exchange);
    // It became this route in the turn in which the service came into force, and the call was matched in this one.
    const route = Object.assign(this.#routes.get(service) as Route, this.#compiled(service, this.#services.get(service) as Service));
    return route.handler(exchange, sink);
  };
  #documents = new Map<string, ApiDocument>();
  /** Where the texts of documents are. */
  #sources = new Map<string, string>();
  /** Services whose documents have changed since they were compiled. */
  #stale = new Set<string>();

  constructor(matcher: RouteTrie<Route>, ports: () => ServicesPorts) {
    this.#matcher = matcher;
    this.#ports = ports;
  }

  get(name: string): Service | undefined {
    return this.#services.get(name);
  }

  names(): Iterable<string> {
    return this.#services.keys();
  }

  documentNames(): Iterable<string> {
    return this.#documents.keys();
  }

  sourceOf(document: string): string | undefined {
    return this.#sources.get(document);
  }

  compile(name: string, service: Service | null): Commit {
    if (service && isDeepStrictEqual(service, this.#services.get(name))) return null;
    const route = service && this.#routeOf(name, service);
    return () => {
      const before = this.#services.get(name)?.path;
      if (before !== undefined && before !== service?.path) this.#matcher.delete(before, serviceRank + name);
      if (route) this.#matcher.set(service.path, serviceRank + name, route);
      if (route) this.#replace(name, route);
      else this.#end(name);
      if (service) this.#services.set(name, service);
      else this.#forget(name);
    };
  }

  compileDocument(name: string, value: SnapshotDocument | null): Commit {
    const document = value && documentOf(value.root as Parameters<typeof documentOf>[0]);
    return () => {
      if (document) this.#documents.set(name, document);
      else this.#documents.delete(name);
      if (value?.source === undefined) this.#sources.delete(name);
      else this.#sources.set(name, value.source);
      this.#stale.add(name.split("/")[0] ?? name);
    };
  }

  /** Compiles what has another document by now, one service a step. */
  *freshen(): Generator<void> {
    for (const name of this.#stale) {
      this.#recompile(name);
      yield;
    }
    this.#stale.clear();
  }

  /** The services whose routes have not been called yet, and are not compiled. */
  *waiting(): Generator<[name: string, service: Service]> {
    for (const [name, route] of this.#routes) {
      const service = route.waits ? this.#services.get(name) : undefined;
      if (service) yield [name, service];
    }
  }

  close(): void {
    for (const route of this.#routes.values()) route.close?.();
  }

  #forget(name: string): void {
    this.#services.delete(name);
    const { conflicts, caches } = this.#ports().service.pipeline;
    conflicts.book.forget(name);
    caches.forget(name);
  }

  /** With the documents of now; what it is configured as has not changed. */
  #recompile(name: string): void {
    const service = this.#services.get(name);
    if (service === undefined) return;
    const route = this.#routeOf(name, service);
    this.#matcher.set(service.path, serviceRank + name, route);
    this.#replace(name, route);
  }

  #replace(name: string, route: Route): void {
    this.#routes.get(name)?.close?.();
    this.#routes.set(name, route);
    // What the route before it said of itself holds no more; this one registers when it is called.
    if (route.waits) this.#ports().service.pipeline.conflicts.book.forget(name);
  }

  #end(name: string): void {
    this.#routes.get(name)?.close?.();
    this.#routes.delete(name);
  }

  #routeOf(name: string, service: Service): Route {
    const isAlone = this.#ports().service.pipeline.conflicts.watchShared === null;
    const hasDocument = this.#documents.has(name);
    return canWait(service, isAlone) && !hasDocument ? newRoute({ service: name, handler: this.#first, shape: problemShape, waits: true }) : this.#compiled(name, service);
  }

  #compiled(name: string, service: Service): Route {
    const { service: ports, masterKey, log } = this.#ports();
    try {
      return compileService(name, withOpenSecrets(masterKey, { kind: "service", name }, service), { ...ports, chains: this.#chains }, (version) => this.#documents.get(documentName(name, version)) ?? null);
    } catch (error) {
      log.error({ error, service: name }, "a service could not be set up and answers with an error");
      return brokenService(name);
    }
  }
}
