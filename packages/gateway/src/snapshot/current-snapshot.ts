/**
 * The snapshot in force: compiled routes, the key index, consumers and limits of the listener. Changes are compiled
 * first, in slices that leave the event loop free, and then put in force in one go; only a change of many thousands of
 * entities at once comes into force over several turns, each entity whole. One that cannot be compiled changes nothing
 * else. A call takes what it needs in its first turn and keeps it. May import the compilers of what a call meets.
 */
import { isDeepStrictEqual } from "node:util";
import type { AiSettings, Model, Provider } from "@parley/contract/config/ai";
import type { ModelState } from "@parley/contract/api/model-state";
import type { Consumer } from "@parley/contract/config/consumer";
import type { Service } from "@parley/contract/config/service";
import type { Prompt } from "@parley/contract/config/prompt";
import type { Logging } from "@parley/contract/config/settings";
import type { Team } from "@parley/contract/config/team";
import type { Telemetry } from "@parley/contract/config/telemetry";
import { documentName, emptySnapshot, snapshotKinds, type SnapshotDocument, type Snapshot, type SnapshotChange, type SnapshotDelta, type SnapshotKind } from "@parley/contract/snapshot";
import { documentOf, type ApiDocument } from "@parley/openapi";
import type { Logger } from "pino";
import { TrustedProxies } from "../listener/client-address.ts";
import type { CallDestinations, ListenerLimits } from "../listener/call-destination.ts";
import type { KnownConsumer, KnownKey } from "../pipeline/route-plan.ts";
import type { WrongKeyLimit } from "../policies/access/wrong-keys.ts";
import type { Redaction } from "../policies/conflict/conflict-ports.ts";
import { versionsPage, type VersionsPage } from "../policies/versions/versions-page.ts";
import { nearestPath } from "../routing/nearest-path.ts";
import { RouteTrie } from "../routing/route-trie.ts";
import type { Route } from "../routing/route.ts";
import { compileAiRoutes, type AiRoutePorts, type CompiledAi } from "./compile-ai.ts";
import { brokenService, compileService, type ServicePorts } from "./compile-service.ts";
import { KeyIndex } from "./key-index.ts";
import { withOpenSecrets } from "./open-secrets.ts";
import { Slices } from "./slices.ts";

export interface SnapshotPorts {
  masterKey: Buffer;
  service: ServicePorts;
  ai: AiRoutePorts;
  log: Logger;
  /** Where spans and metrics go. */
  telemetryChanged?(settings: Telemetry | null): void;
  /** What is kept of bodies. */
  loggingChanged?(settings: Logging | null): void;
}

/** Puts one compiled change in force; must not fail. Null where nothing changes. */
type Commit = (() => void) | null;

export class CurrentSnapshot implements CallDestinations {
  version = 0;
  limits: ListenerLimits = { headerBytes: 16 * 1024, bodyBytes: 32 * 1024 * 1024, headersTimeoutMs: 10_000, idleTimeoutMs: 60_000 };
  wrongKeys: WrongKeyLimit = { attempts: 30, per: 60_000 };
  trustedProxies = new TrustedProxies([]);
  redaction: Redaction = { shown: [], kept: [] };
  readonly #ports: () => SnapshotPorts;
  #routes = new RouteTrie<Route>();
  /** As they came, so that what did not change is neither compiled again nor loses its state. */
  #services = new Map<string, Service>();
  #serviceRoutes = new Map<string, Route>();
  #consumerSources = new Map<string, Consumer>();
  #keys = new KeyIndex();
  #consumers = new Map<string, KnownConsumer>();
  #providers = new Map<string, Provider>();
  #models = new Map<string, Model>();
  #teams = new Map<string, Team>();
  #prompts = new Map<string, Prompt>();
  #documents = new Map<string, ApiDocument>();
  /** Services whose documents have changed since they were compiled. */
  #stale = new Set<string>();
  #aiSettings: AiSettings | null = null;
  #ai: CompiledAi | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** `ports` is asked once things are compiled: what they hold may need this snapshot itself. */
  constructor(ports: () => SnapshotPorts) {
    this.#ports = ports;
  }

  match(path: string): { route: Route; restStart: number } | null {
    const match = this.#routes.match(path);
    return match && { route: match.value, restStart: match.restStart };
  }

  nearest(path: string): string | null {
    return nearestPath(this.#routes, path);
  }

  findKey(hash: string): KnownKey | undefined {
    return this.#keys.find(hash);
  }

  findTeam(name: string): Team | undefined {
    return this.#teams.get(name);
  }

  findConsumer(name: string): KnownConsumer | undefined {
    return this.#consumers.get(name);
  }

  /** Whatever is in force that the snapshot has not goes away. Resolves when the snapshot is in force. */
  replace(snapshot: Snapshot): Promise<void> {
    return this.#inOrder(() => this.#apply(snapshot.version, changesTo(snapshot, this)));
  }

  /** Resolves with false, and changes nothing, where the delta does not continue what is in force. */
  apply(delta: SnapshotDelta): Promise<boolean> {
    return this.#inOrder(async () => {
      if (delta.base !== this.version) return false;
      await this.#apply(delta.version, delta.changes);
      return true;
    });
  }

  versionsOf(name: string): VersionsPage | null {
    const versions = this.#services.get(name)?.versions;
    return versions ? versionsPage(name, versions, Date.now()) : null;
  }

  /** Prices, keys and speeds of the models, as they are now. */
  models(): ModelState {
    return this.#ai?.endpoints.report() ?? { models: [], providers: [], aliases: [] };
  }

  close(): void {
    this.#ai?.endpoints.close();
    for (const route of this.#serviceRoutes.values()) route.close?.();
  }

  /** The names of what is in force, of the kinds of which there are several. */
  names(kind: SnapshotKind): Iterable<string> {
    switch (kind) {
      case "service":
        return this.#services.keys();
      case "provider":
        return this.#providers.keys();
      case "model":
        return this.#models.keys();
      case "consumer":
        return this.#consumers.keys();
      case "team":
        return this.#teams.keys();
      case "prompt":
        return this.#prompts.keys();
      case "document":
        return this.#documents.keys();
      case "key":
        return this.#keys.names();
      case "ai":
      case "logging":
      case "telemetry":
      case "gateway":
        return [];
    }
  }

  #inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #apply(version: number, changes: Iterable<SnapshotChange>): Promise<void> {
    const commits: (() => void)[] = [];
    const slices = new Slices();
    let aiChanged = false;
    for (const change of changes) {
      const commit = this.#compile(change);
      if (commit) commits.push(commit);
      aiChanged ||= change.kind === "ai" || change.kind === "provider" || change.kind === "model" || change.kind === "prompt";
      if (slices.isOver()) await slices.next();
    }
    // Map entries and trie nodes only, about a microsecond each.
    for (const commit of commits) {
      commit();
      if (slices.isOver()) await slices.next();
    }
    for (const name of this.#stale) {
      this.#recompile(name);
      if (slices.isOver()) await slices.next();
    }
    this.#stale.clear();
    if (aiChanged) this.#compileAi();
    this.version = version;
  }

  #compile(change: SnapshotChange): Commit {
    const { name } = change;
    switch (change.kind) {
      case "service":
        return this.#compileService(name, change.value);
      case "consumer":
        return this.#compileConsumer(name, change.value);
      case "key": {
        const { value } = change;
        if (value && this.#keys.has(name, value)) return null;
        return () => (value ? this.#keys.set(name, value) : this.#keys.delete(name));
      }
      case "provider":
        return this.#setOrDelete(this.#providers, name, change.value && this.#openProvider(name, change.value));
      case "model":
        return this.#setOrDelete(this.#models, name, change.value);
      case "team":
        return this.#setOrDelete(this.#teams, name, change.value);
      case "prompt":
        return this.#setOrDelete(this.#prompts, name, change.value);
      case "document":
        return this.#compileDocument(name, change.value);
      case "ai": {
        const settings = change.value && withOpenSecrets(this.#ports().masterKey, { kind: "settings", name: "ai" }, change.value);
        return () => (this.#aiSettings = settings);
      }
      case "telemetry": {
        const settings = change.value && withOpenSecrets(this.#ports().masterKey, { kind: "settings", name: "telemetry" }, change.value);
        return () => this.#ports().telemetryChanged?.(settings);
      }
      case "gateway": {
        const { value } = change;
        return value && (() => this.#useSettings(value));
      }
      case "logging": {
        const { value } = change;
        return () => {
          this.redaction = redactionOf(value);
          this.#ports().loggingChanged?.(value);
        };
      }
    }
  }

  #compileDocument(name: string, value: SnapshotDocument | null): Commit {
    const document = value && documentOf(value.root as Parameters<typeof documentOf>[0]);
    return () => {
      if (document) this.#documents.set(name, document);
      else this.#documents.delete(name);
      this.#stale.add(name.split("/")[0] ?? name);
    };
  }

  /** With the documents of now; what it is configured as has not changed. */
  #recompile(name: string): void {
    const service = this.#services.get(name);
    if (service === undefined) return;
    const route = this.#routeOf(name, service);
    this.#routes.set(service.path, serviceRank + name, route);
    this.#serviceRoutes.get(name)?.close?.();
    this.#serviceRoutes.set(name, route);
  }

  #setOrDelete<Value>(map: Map<string, Value>, name: string, value: Value | null): Commit {
    return () => (value === null ? map.delete(name) : map.set(name, value));
  }

  #compileConsumer(name: string, consumer: Consumer | null): Commit {
    if (consumer && isDeepStrictEqual(consumer, this.#consumerSources.get(name))) return null;
    const compiled = consumer && compileConsumer(name, consumer);
    return () => {
      if (consumer) this.#consumerSources.set(name, consumer);
      else this.#consumerSources.delete(name);
      if (compiled) this.#consumers.set(name, compiled);
      else this.#consumers.delete(name);
    };
  }

  #compileService(name: string, service: Service | null): Commit {
    if (service && isDeepStrictEqual(service, this.#services.get(name))) return null;
    const route = service && this.#routeOf(name, service);
    return () => {
      const before = this.#services.get(name)?.path;
      if (before !== undefined && before !== service?.path) this.#routes.delete(before, serviceRank + name);
      if (route) this.#routes.set(service.path, serviceRank + name, route);
      this.#serviceRoutes.get(name)?.close?.();
      if (route) this.#serviceRoutes.set(name, route);
      else this.#serviceRoutes.delete(name);
      if (service) this.#services.set(name, service);
      else {
        this.#services.delete(name);
        this.#ports().service.pipeline.conflicts.book.forget(name);
        this.#ports().service.pipeline.caches.forget(name);
      }
    };
  }

  #routeOf(name: string, service: Service): Route {
    const { service: ports, masterKey, log } = this.#ports();
    try {
      return compileService(name, withOpenSecrets(masterKey, { kind: "service", name }, service), ports, (version) => this.#documents.get(documentName(name, version)) ?? null);
    } catch (error) {
      log.error({ error, service: name }, "a service could not be set up and answers with an error");
      return brokenService(name);
    }
  }

  /** Without its key, rather than not at all: calls then say that the key is missing. */
  #openProvider(name: string, provider: Provider): Provider {
    const { masterKey, log } = this.#ports();
    try {
      return withOpenSecrets(masterKey, { kind: "provider", name }, provider);
    } catch (error) {
      log.error({ error, provider: name }, "the key of a provider cannot be opened with this master key");
      const { apiKey: _apiKey, keys: _keys, accessKeyId: _id, secretAccessKey: _secret, sessionToken: _session, serviceAccount: _account, accessToken: _token, ...withoutKeys } = provider;
      return withoutKeys;
    }
  }

  #compileAi(): void {
    const before = this.#ai;
    const { ai, log } = this.#ports();
    try {
      this.#ai = this.#aiSettings && compileAiRoutes({ settings: this.#aiSettings, providers: new Map(this.#providers), models: new Map(this.#models), prompts: new Map(this.#prompts) }, ai);
    } catch (error) {
      log.error({ error }, "the AI side could not be set up; what was in force stays");
      return;
    }
    for (const { path } of before?.routes ?? []) this.#routes.delete(path, aiRank);
    for (const { path, route, yields } of this.#ai?.routes ?? []) this.#routes.set(path, aiRank, route, yields);
    before?.endpoints.close();
  }

  #useSettings({ limits, trustProxy }: Snapshot["entities"]["gateway"][string]): void {
    this.limits = { headerBytes: limits.headerBytes, bodyBytes: limits.bodyBytes, headersTimeoutMs: limits.headersTimeout, idleTimeoutMs: limits.idleTimeout };
    // A snapshot that an older release has saved has none.
    this.wrongKeys = limits.wrongKeys ?? this.wrongKeys;
    this.trustedProxies = new TrustedProxies(trustProxy);
  }
}

/** Where a service and the AI endpoints have one path, the service serves: the matcher takes the first by name. */
const serviceRank = "0 ";
const aiRank = "1 ai";

function compileConsumer(name: string, consumer: Consumer): KnownConsumer {
  return { name, access: consumer.access ? new Set(consumer.access) : null, versions: consumer.versions, limits: consumer.limits, ...(consumer.priority === undefined ? {} : { priority: consumer.priority }), ...(consumer.team === undefined ? {} : { team: consumer.team }) };
}

/** With `bodies: none` not a value of a body is kept; what its own sender is shown is another matter. */
function redactionOf(logging: Logging | null): Redaction {
  const shown = logging?.redact ?? [];
  return { shown, kept: logging?.bodies === "none" ? [""] : shown };
}

/** Everything of the snapshot, and the end of everything that it has not; one after the other, so that slices can be cut between any two. */
function* changesTo(snapshot: Snapshot, current: CurrentSnapshot): Generator<SnapshotChange> {
  const entities: Snapshot["entities"] = { ...emptySnapshot().entities, ...snapshot.entities };
  for (const kind of snapshotKinds) {
    for (const name of current.names(kind)) {
      if (!Object.hasOwn(entities[kind], name)) yield { kind, name, value: null } as SnapshotChange;
    }
    for (const name of Object.keys(entities[kind])) yield { kind, name, value: entities[kind][name] } as SnapshotChange;
  }
}
