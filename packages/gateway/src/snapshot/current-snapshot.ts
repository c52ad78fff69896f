/**
 * The snapshot in force: compiled routes, the key index, consumers and limits of the listener. Changes are compiled
 * first, in slices that leave the event loop free, and then put in force in one go; only a change of many thousands of
 * entities at once comes into force over several turns, each entity whole. One that cannot be compiled changes nothing
 * else. A call takes what it needs in its first turn and keeps it. May import the compilers of what a call meets.
 */
import type { AiSettings, Model, Provider } from "@parley/contract/config/ai";
import type { ModelState } from "@parley/contract/api/model-state";
import type { Prompt } from "@parley/contract/config/prompt";
import type { Service } from "@parley/contract/config/service";
import type { Logging } from "@parley/contract/config/settings";
import type { Team } from "@parley/contract/config/team";
import type { Telemetry } from "@parley/contract/config/telemetry";
import type { Snapshot, SnapshotDelta, SnapshotKind } from "@parley/contract/snapshot";
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
import { changesOf, changesTo, type Kept, keptOf, type PartOfSnapshot } from "./changes-to.ts";
import type { Commit } from "./commit.ts";
import { compileAiRoutes, type AiRoutePorts, type CompiledAi } from "./compile-ai.ts";
import type { ServicePorts } from "./compile-service.ts";
import { KeyIndex } from "./key-index.ts";
import { KnownConsumers } from "./known-consumers.ts";
import { openProvider } from "./open-provider.ts";
import { withOpenSecrets } from "./open-secrets.ts";
import { redactionOf } from "./redaction.ts";
import { ServicesInForce } from "./services-in-force.ts";
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

export class CurrentSnapshot implements CallDestinations {
  version = 0;
  limits: ListenerLimits = { headerBytes: 16 * 1024, bodyBytes: 32 * 1024 * 1024, headersTimeoutMs: 10_000, idleTimeoutMs: 60_000, bodyBytesPerSecond: 240 };
  wrongKeys: WrongKeyLimit = { attempts: 30, per: 60_000 };
  trustedProxies = new TrustedProxies([]);
  redaction: Redaction = { shown: [], kept: [] };
  readonly #ports: () => SnapshotPorts;
  #routes = new RouteTrie<Route>();
  #services = new ServicesInForce(this.#routes, () => this.#ports());
  #consumers = new KnownConsumers();
  #keys = new KeyIndex((consumer) => this.#consumers.find(consumer)?.name ?? consumer);
  #providers = new Map<string, Provider>();
  #models = new Map<string, Model>();
  #teams = new Map<string, Team>();
  #prompts = new Map<string, Prompt>();
  #aiSettings: AiSettings | null = null;
  #ai: CompiledAi | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** `ports` is asked once things are compiled: what they hold may need this snapshot itself. */
  constructor(ports: () => SnapshotPorts) {
    this.#ports = ports;
  }

  match(path: string): { route: Route; restStart: number } | null {
    const match = this.#routes.match(path);
    if (match) return { route: match.value, restStart: match.restStart };
    return path === "/" && this.#ai?.root ? { route: this.#ai.root, restStart: 0 } : null;
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
    return this.#consumers.find(name);
  }

  /**
   * Whatever is in force that the snapshot has not goes away; `parts` are all of it, where it is not whole. Resolves when it is in force.
   * With false, and nothing changed, where its plain keys were made ready as `keys` and something else has come into force meanwhile.
   */
  replace(snapshot: Snapshot, parts: Iterable<PartOfSnapshot> | null = null, keys: KeyIndex | null = null): Promise<boolean> {
    return this.#inOrder(async () => {
      if (keys !== null && this.version !== 0) return false;
      if (keys !== null) this.#keys.takeOver(keys);
      const kept = (kind: SnapshotKind): Kept => (kind !== "key" ? keptOf(this.#names(kind)) : keys === null ? this.#keys.kept() : keptOf([]));
      await this.#apply(snapshot.version, changesTo(parts ?? changesOf(snapshot), kept));
      return true;
    });
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

  findService(name: string): Service | undefined {
    return this.#services.get(name);
  }

  /** Services that nobody has called: of them nobody but the configuration knows anything. */
  waiting(): Iterable<[name: string, service: Service]> {
    return this.#services.waiting();
  }

  /** Under which name the text of a document is kept. */
  sourceOf(document: string): string | undefined {
    return this.#services.sourceOf(document);
  }

  /** Prices, keys and speeds of the models, as they are now. */
  models(): ModelState {
    return this.#ai?.endpoints.report() ?? { models: [], providers: [], aliases: [] };
  }

  close(): void {
    this.#ai?.endpoints.close();
    this.#services.close();
  }

  #inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** The names of what is in force, of the kinds of which there are several; of keys there are too many. */
  #names(kind: SnapshotKind): Iterable<string> {
    switch (kind) {
      case "service":
        return this.#services.names();
      case "provider":
        return this.#providers.keys();
      case "model":
        return this.#models.keys();
      case "consumer":
        return this.#consumers.names();
      case "team":
        return this.#teams.keys();
      case "prompt":
        return this.#prompts.keys();
      case "document":
        return this.#services.documentNames();
      case "key":
      case "ai":
      case "logging":
      case "telemetry":
      case "gateway":
        return [];
    }
  }

  async #apply(version: number, changes: Iterable<PartOfSnapshot | null>): Promise<void> {
    const commits: (() => void)[] = [];
    const slices = new Slices();
    let aiChanged = false;
    for (const change of changes) {
      const commit = change && this.#compile(change);
      if (commit) commits.push(commit);
      aiChanged ||= change !== null && (change.kind === "ai" || change.kind === "provider" || change.kind === "model" || change.kind === "prompt");
      if (slices.isOver()) await slices.next();
    }
    // Map entries and trie nodes only, about a microsecond each.
    for (const commit of commits) {
      commit();
      if (slices.isOver()) await slices.next();
    }
    for (const _compiled of this.#services.freshen()) {
      if (slices.isOver()) await slices.next();
    }
    if (aiChanged) this.#compileAi();
    this.version = version;
  }

  #compile(change: PartOfSnapshot): Commit {
    if (change.kind === "plain-keys") return () => this.#keys.setPlain(change.consumer, change.keys);
    const { name } = change;
    switch (change.kind) {
      case "service":
        return this.#services.compile(name, change.value);
      case "consumer":
        return this.#consumers.compile(name, change.value);
      case "key": {
        const { value } = change;
        if (value && this.#keys.has(name, value)) return null;
        return () => (value ? this.#keys.set(name, value) : this.#keys.delete(name));
      }
      case "provider":
        return this.#setOrDelete(this.#providers, name, change.value && openProvider(name, change.value, this.#ports()));
      case "model":
        return this.#setOrDelete(this.#models, name, change.value);
      case "team":
        return this.#setOrDelete(this.#teams, name, change.value);
      case "prompt":
        return this.#setOrDelete(this.#prompts, name, change.value);
      case "document":
        return this.#services.compileDocument(name, change.value);
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

  #setOrDelete<Value>(map: Map<string, Value>, name: string, value: Value | null): Commit {
    return () => (value === null ? map.delete(name) : map.set(name, value));
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
    // A snapshot that an older release has saved has no rate, and no wrong keys.
    const bodyBytesPerSecond = limits.bodyBytesPerSecond ?? this.limits.bodyBytesPerSecond;
    this.limits = { headerBytes: limits.headerBytes, bodyBytes: limits.bodyBytes, headersTimeoutMs: limits.headersTimeout, idleTimeoutMs: limits.idleTimeout, bodyBytesPerSecond };
    this.wrongKeys = limits.wrongKeys ?? this.wrongKeys;
    this.trustedProxies = new TrustedProxies(trustProxy);
  }
}

/** After the services: where one of them has the same path, it serves. */
const aiRank = "1 ai";
