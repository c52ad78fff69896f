/** One worker of the gateway, put together: every part gets its clock, its randomness and its ports here. */
import { randomBytes, randomFillSync } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import type { ControlMessage, GatewayMessage, MetricFamily } from "@parley/contract/channel";
import type { RouteGuarantee } from "@parley/contract/api/conflicts";
import type { MirrorState } from "@parley/contract/api/mirror";
import type { TargetState } from "@parley/contract/api/targets";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { dataDirectory } from "@parley/contract/data-directory";
import type { GatewayProcessOptions } from "@parley/contract/processes";
import type { Snapshot } from "@parley/contract/snapshot";
import type { Counters } from "@parley/stores/ports/counters";
import type { Ledger } from "@parley/stores/ports/ledger";
import { connectLedger } from "@parley/stores/embedded/ledger";
import type { Logger } from "pino";
import { ObjectOwners } from "../ai/models/object-owners.ts";
import { BudgetBook } from "../ai/budgets/budget-book.ts";
import { AuthorityFiles, ClientIdentities, type ServerCertificates } from "../certificates/index.ts";
import type { CompileAi } from "../ai/endpoints-contract.ts";
import type { HttpExchange } from "../listener/http-exchange.ts";
import { Identifiers } from "../listener/identifiers.ts";
import { Listener } from "../listener/listener.ts";
import type { PipelinePorts } from "../pipeline/route-plan.ts";
import { Caches } from "../policies/cache/caches.ts";
import type { CachePeers } from "../policies/cache/peers/cache-peers.ts";
import { KeySets } from "../policies/access/tokens/key-sets.ts";
import { ConflictBook } from "../policies/conflict/book.ts";
import type { ConflictPorts } from "../policies/conflict/conflict-ports.ts";
import { WrongKeys } from "../policies/access/wrong-keys.ts";
import { Places } from "../policies/limits/places.ts";
import type { SharedObservations } from "../policies/conflict/watch/peers/shared-observations.ts";
import { ControlChannel } from "../snapshot/control-channel.ts";
import { CurrentSnapshot, type SnapshotPorts } from "../snapshot/current-snapshot.ts";
import { readSavedSnapshot } from "../snapshot/saved-snapshot.ts";
import { AccessLog } from "../telemetry/access-log/access-log.ts";
import { BodyKeeper } from "../telemetry/bodies/body-keeper.ts";
import { LiveCalls } from "../telemetry/live-calls.ts";
import { sealOrphans } from "../telemetry/orphaned-segments.ts";
import { Spool } from "../telemetry/spool.ts";
import { callerTrace } from "../telemetry/otlp/caller-trace.ts";
import { OtlpExporter } from "../telemetry/otlp/otlp-exporter.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { hashText } from "../upstreams/balance/hash-ring.ts";
import { TargetBook } from "../upstreams/balance/target-book.ts";
import { MirrorBook } from "../upstreams/mirror/mirror-book.ts";
import type { Saturation } from "../upstreams/saturation/saturation.ts";
import { SaturationBook } from "../upstreams/saturation/saturation-book.ts";
import type { ForwardPorts } from "../upstreams/forward-plan.ts";
import type { Transport } from "../upstreams/transport.ts";
import { openCachePeers, openCounters, openShared } from "./between-workers.ts";
import { findOwnConflict } from "./own-conflict.ts";
import { openCertificates } from "./own-certificates.ts";
import { RecoveryLoop } from "./recovery-loop.ts";
import { restoreFor } from "./restore-order.ts";
import { UnderWay } from "./under-way.ts";
import { WallClock } from "./wall-clock.ts";

export interface GatewayParts {
  options: GatewayProcessOptions;
  masterKey: Buffer;
  transport: Transport;
  compileAi: CompileAi;
  log: Logger;
}

const monotonicMs = (): number => performance.now();

export class Gateway {
  #parts: GatewayParts;
  #startedAtMs = Date.now();
  #clock = new WallClock();
  #snapshot = new CurrentSnapshot(() => this.#snapshotPorts);
  #authorities: AuthorityFiles;
  #identities: ClientIdentities;
  /** Null where the gateway speaks plain HTTP. */
  #certificates: ServerCertificates | null;
  #counters: Counters;
  #ledger: Ledger;
  #book: ConflictBook;
  #budgets: BudgetBook;
  #targets = new TargetBook(monotonicMs);
  #saturations: SaturationBook;
  #mirrors = new MirrorBook({ now: () => Date.now(), hidden: () => this.#snapshot.redaction.kept });
  #recovery: RecoveryLoop;
  #writes = new UnderWay();
  /** Null where this is the only worker. */
  #shared: SharedObservations | null;
  #cachePeers: CachePeers | null;
  #caches: Caches;
  #telemetry: Telemetry;
  #otlp: OtlpExporter;
  #live: LiveCalls;
  #bodies: BodyKeeper;
  #access: AccessLog;
  #spoolDirectory: string;
  #listener: Listener;
  #channel: ControlChannel | null = null;
  #snapshotPorts: SnapshotPorts;
  #sealingOrphans: Promise<void> = Promise.resolve();
  #firstSnapshot: () => void = () => {};
  #first = new Promise<void>((resolve) => (this.#firstSnapshot = resolve));

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { options, log } = parts;
    this.#spoolDirectory = dataDirectory(options.data).spool;
    const certificatePorts = { warn: (message: string, details: Record<string, unknown>): void => log.warn(details, message) };
    this.#identities = new ClientIdentities(certificatePorts);
    this.#authorities = new AuthorityFiles(certificatePorts);
    this.#certificates = options.tls === undefined ? null : openCertificates(options.tls, this.#authorities, certificatePorts);
    this.#counters = openCounters(options, log);
    this.#saturations = new SaturationBook({ monotonicMs, workers: options.workers ?? 1 });
    this.#ledger = connectLedger({ socketPath: dataDirectory(options.data).ledgerSocket });
    this.#cachePeers = openCachePeers(options, log);
    this.#caches = new Caches({ peers: this.#cachePeers });
    this.#book = new ConflictBook({
      ledger: this.#ledger, monotonicMs, log: (details, message) => log.info(details, message),
      changed: (service, resource) => void this.#caches.outdate(service, [{ path: resource, below: true }]),
    });
    this.#budgets = new BudgetBook({ ledger: this.#ledger, findConsumer: (name) => this.#snapshot.findConsumer(name), findTeam: (name) => this.#snapshot.findTeam(name), warn: (message, details) => log.warn(details, message) });
    this.#shared = openShared(options, log);
    this.#recovery = new RecoveryLoop({ ledger: this.#ledger, book: this.#book, log });
    this.#live = new LiveCalls((message) => this.#send(message));
    const spool = new Spool({
      directory: this.#spoolDirectory,
      worker: options.worker,
      startedAtMs: this.#startedAtMs,
      sealed: (segment) => this.#send({ type: "sealed", segment }),
      log,
    });
    this.#bodies = new BodyKeeper({ directory: dataDirectory(options.data).bodiesSpool, worker: options.worker, startedAtMs: this.#startedAtMs, masterKey: parts.masterKey, log });
    this.#access = new AccessLog({ standardOutput: 1, log });
    this.#telemetry = new Telemetry({ worker: options.worker, spool, live: this.#live, inFlight: () => this.#listener.inFlight });
    this.#otlp = new OtlpExporter({ worker: options.worker, fetch, now: () => Date.now(), warn: (message, details) => log.warn(details, message) });
    this.#snapshotPorts = this.#newSnapshotPorts();
    this.#listener = new Listener({
      worker: options.worker,
      destinations: this.#snapshot,
      identifiers: new Identifiers((buffer) => randomFillSync(buffer)),
      monotonicMs,
      unixMs: this.#clock.unixMs,
      ended: (call) => this.#callEnded(call.exchange),
      findConflict: (request, id) => findOwnConflict({ ledger: this.#ledger, findKey: (hash) => this.#snapshot.findKey(hash), now: Date.now }, request, id),
      versionsOf: (service) => this.#snapshot.versionsOf(service),
      captureBodies: (service, method) => this.#bodies.begin(service, method),
      refusedConnection: (record) => {
        this.#telemetry.ended(record);
        this.#access.ended(record, { httpVersion: "1.1" });
      },
      log,
    }, this.#certificates);
  }

  /** Resolves with the port, once a snapshot is in force: the saved one, or else the control plane's first. */
  async start(): Promise<number> {
    const { options, log } = this.#parts;
    await this.#useSavedSnapshot();
    this.#channel = new ControlChannel({ socketPath: dataDirectory(options.data).socket, hello: () => this.#hello(), receive: (message) => this.#receive(message), log });
    this.#sealingOrphans = this.#sealOrphans();
    await this.#first;
    this.#recovery.start();
    this.#book.bypasses.start();
    this.#shared?.start();
    this.#cachePeers?.start();
    return this.#listener.listen(options);
  }

  /** Puts a snapshot in force that did not come over the channel. */
  async replaceSnapshot(snapshot: Snapshot): Promise<void> {
    await this.#snapshot.replace(snapshot);
    this.#firstSnapshot();
  }

  /** Who edits the same thing at this moment, as this worker has seen it. */
  potentialConflicts(): ConflictRecord[] {
    return this.#book.potential();
  }

  /** How the targets of the services are, as this worker sees them. */
  targets(): TargetState[] {
    return this.#targets.states();
  }

  /** What came of the copies for services' mirrors. */
  mirrors(): MirrorState[] {
    return this.#mirrors.states();
  }

  /** How full a service's upstreams are, where they are bounded. */
  saturation(service: string): Saturation["state"] | undefined {
    return this.#saturations.states().get(service);
  }

  /** What each route guarantees at this moment. */
  guarantees(): RouteGuarantee[] {
    return this.#book.guarantees();
  }

  /** Lets the calls in flight end, and leaves nothing behind: every record is in a sealed segment. */
  async drain(withinMs: number): Promise<void> {
    await this.#listener.drain(withinMs);
    // A write that was sent runs to its end, also when its client has gone.
    await this.#writes.ended(withinMs);
    await this.#recovery.stop();
    this.#book.bypasses.stop();
    this.#shared?.close();
    this.#cachePeers?.close();
    await this.#budgets.close();
    await this.#otlp.close();
    await Promise.all([this.#telemetry.close(), this.#bodies.close(), this.#access.close(), this.#sealingOrphans]);
    this.#snapshot.close();
    this.#live.watch(false, null);
    await this.#channel?.close();
    await this.#counters.close();
    await this.#ledger.close();
    await this.#parts.transport.close();
    await this.#certificates?.close();
    await this.#authorities.close();
    await this.#identities.close();
  }

  #callEnded(call: Pick<HttpExchange, "record" | "headers" | "httpVersion" | "keySecret" | "capture">): void {
    const { record, headers } = call;
    if (this.#access.isOn) this.#access.ended(record, { httpVersion: call.httpVersion, referer: headers.referer });
    this.#telemetry.ended(record);
    if (call.capture !== null) this.#bodies.ended(call);
    if (this.#otlp.isOn) this.#otlp.ended(record, callerTrace(headers["traceparent"]));
  }

  #newSnapshotPorts(): SnapshotPorts {
    const { masterKey, transport, compileAi, log } = this.#parts;
    const { calls } = this.#telemetry;
    const pipeline: PipelinePorts = {
      findKey: (hash) => this.#snapshot.findKey(hash),
      findConsumer: (name) => this.#snapshot.findConsumer(name),
      findTeam: (name) => this.#snapshot.findTeam(name),
      authorities: this.#authoritiesPort(),
      keySets: new KeySets({ now: () => Date.now(), fetch, warn: (message, details) => log.warn(details, message) }),
      counters: this.#counters,
      places: new Places(this.#counters, monotonicMs),
      wrongKeys: new WrongKeys({ counters: this.#counters, monotonicMs, limit: () => this.#snapshot.wrongKeys }),
      conflicts: this.#conflictPorts(),
      caches: this.#caches,
      now: () => Date.now(),
      rateLimited: (service, limit) => calls.rateLimited(service, limit),
    };
    return {
      masterKey,
      service: { pipeline, forward: this.#forwardPorts() },
      ai: { compileAi, pipeline, ai: { transport, now: () => Date.now(), random: Math.random, budgets: this.#budgets, notes: this.#counters, owners: new ObjectOwners(this.#ledger), turns: { ledger: this.#ledger, record: (conflict) => this.#book.record(conflict), randomBytes: (count) => randomBytes(count) }, warn: (message, details) => log.warn(details, message) } },
      log,
      telemetryChanged: (settings) => this.#otlp.configure(settings),
      loggingChanged: (settings) => {
        this.#bodies.configure(settings);
        this.#access.configure(settings?.access ?? null);
      },
    };
  }

  #authoritiesPort(): PipelinePorts["authorities"] {
    const files = this.#authorities;
    const own = this.#parts.options.tls?.clientCa;
    return {
      certificates: (file = own) => (file === undefined ? [] : files.at(file).certificates),
      all: () => files.allCertificates(),
      get generation() {
        return files.generation;
      },
    };
  }

  #forwardPorts(): ForwardPorts {
    const { transport, log, options } = this.#parts;
    return {
      transport, identities: this.#identities, monotonicMs, random: Math.random,
      watch: (service, candidates) => this.#targets.watch(service, candidates),
      targetChanged: (service, { target, healthy }) => log.warn({ service, target: target.origin, healthy }, healthy ? "a target is back: its checks succeed" : "a target is out: its checks fail"),
      saturations: this.#saturations,
      mirrors: this.#mirrors,
      place: hashText(hostname()) * (options.workers ?? 1) + options.worker,
      priorityOf: (consumer) => this.#snapshot.findConsumer(consumer)?.priority ?? "normal",
      shed: (service) => this.#telemetry.calls.rateLimited(service, "upstream"),
      tried: (service, outcome) => this.#telemetry.calls.tried(service, outcome),
    };
  }

  #conflictPorts(): ConflictPorts {
    const { log } = this.#parts;
    return {
      ledger: this.#ledger, counters: this.#counters, book: this.#book, now: () => Date.now(), monotonicMs, random: Math.random,
      randomBytes: (count) => randomBytes(count),
      watchShared: this.#shared === null ? null : (service, route) => (this.#shared as SharedObservations).watch(service, route),
      redaction: () => this.#snapshot.redaction,
      underWay: (write) => this.#writes.add(write),
      warn: (message, details) => log.warn(details, message),
    };
  }

  async #useSavedSnapshot(): Promise<void> {
    const { options, log } = this.#parts;
    try {
      const saved = await readSavedSnapshot(dataDirectory(options.data).snapshot);
      if (!saved) return;
      await this.replaceSnapshot(saved);
    } catch (error) {
      log.error({ error }, "the saved snapshot cannot be used; waiting for the control plane");
    }
  }

  #receive(message: ControlMessage): void {
    switch (message.type) {
      case "snapshot":
        void this.#inForce(message.snapshot.version, this.#snapshot.replace(message.snapshot).then(() => true));
        break;
      case "delta":
        void this.#inForce(message.delta.version, this.#snapshot.apply(message.delta));
        break;
      case "watch":
        this.#live.watch(message.on, message.queries ?? null);
        break;
      case "metrics":
        this.#send({ type: "metrics", request: message.request, families: this.#families(), inFlight: this.#listener.inFlight });
        break;
      case "targets":
        this.#send({ type: "targets", request: message.request, states: this.targets() });
        break;
      case "mirrors":
        if (message.forget !== undefined) this.#mirrors.forget(message.forget);
        this.#send({ type: "mirrors", request: message.request, states: this.mirrors() });
        break;
      case "models":
        this.#send({ type: "models", request: message.request, state: this.#snapshot.models() });
        break;
      case "conflicts":
        this.#send({ type: "conflicts", request: message.request, potential: this.potentialConflicts(), guarantees: this.guarantees() });
        break;
      case "caches": {
        const gone = message.purge === undefined ? 0 : this.#caches.purge(message.purge);
        this.#send({ type: "caches", request: message.request, states: this.#caches.states(), gone });
        break;
      }
      case "restore":
        this.#writes.add(restoreFor({ book: this.#book, log: this.#parts.log }, message, (answer) => this.#send(answer)));
        break;
    }
  }

  #families(): MetricFamily[] {
    const labels = { worker: String(this.#parts.options.worker) };
    const counting = [this.#book, this.#targets, this.#saturations, this.#mirrors, this.#bodies, this.#access, this.#caches];
    return [...this.#telemetry.families(), ...counting.flatMap((one) => one.families(labels))];
  }

  async #inForce(version: number, applying: Promise<boolean>): Promise<void> {
    const since = performance.now();
    try {
      if (!(await applying)) return this.#send({ type: "resync" });
      this.#send({ type: "applied", version, tookMs: performance.now() - since });
      this.#firstSnapshot();
    } catch (error) {
      this.#parts.log.error({ error, version }, "a snapshot could not be put in force; the one before stays");
    }
  }

  #hello(): GatewayMessage {
    return { type: "hello", worker: this.#parts.options.worker, pid: process.pid, startedAt: this.#startedAtMs, snapshotVersion: this.#snapshot.version };
  }

  #send(message: GatewayMessage): void {
    this.#channel?.send(message);
  }

  async #sealOrphans(): Promise<void> {
    try {
      const segments = await sealOrphans({ directory: this.#spoolDirectory, worker: this.#parts.options.worker, startedAtMs: this.#startedAtMs, nowMs: Date.now() });
      for (const segment of segments) this.#send({ type: "sealed", segment });
      const bodies = dataDirectory(this.#parts.options.data).bodiesSpool;
      if (existsSync(bodies)) await sealOrphans({ directory: bodies, worker: this.#parts.options.worker, startedAtMs: this.#startedAtMs, nowMs: Date.now() });
    } catch (error) {
      this.#parts.log.error({ error }, "segments of an earlier process could not be sealed");
    }
  }
}
