/** One worker of the gateway, put together: every part gets its clock, its randomness and its ports here. */
import { randomFillSync } from "node:crypto";
import { existsSync } from "node:fs";
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
import { BudgetBook } from "../ai/budgets/budget-book.ts";
import { AuthorityFiles, ClientIdentities, RevocationFiles, type ServerCertificates } from "../certificates/index.ts";
import type { CompileAi } from "../ai/endpoints-contract.ts";
import type { HttpExchange } from "../listener/http-exchange.ts";
import { Identifiers } from "../listener/identifiers.ts";
import { Listener } from "../listener/listener.ts";
import { Caches } from "../policies/cache/caches.ts";
import type { CachePeers } from "../policies/cache/peers/cache-peers.ts";
import { ConflictBook } from "../policies/conflict/book.ts";
import type { SharedObservations } from "../policies/conflict/watch/peers/shared-observations.ts";
import { ServicePages } from "../service-pages/service-pages.ts";
import { SavedSnapshot } from "../snapshot/saved-snapshot.ts";
import { CurrentSnapshot, type SnapshotPorts } from "../snapshot/current-snapshot.ts";
import { AccessLog } from "../telemetry/access-log/access-log.ts";
import { BodyKeeper } from "../telemetry/bodies/body-keeper.ts";
import { LiveCalls } from "../telemetry/live-calls.ts";
import { sealOrphans } from "../telemetry/orphaned-segments.ts";
import { RecordBatch } from "../telemetry/record-batch.ts";
import { Spool } from "../telemetry/spool.ts";
import { callerTrace } from "../telemetry/otlp/caller-trace.ts";
import { OtlpExporter } from "../telemetry/otlp/otlp-exporter.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { TargetBook } from "../upstreams/balance/target-book.ts";
import { MirrorBook } from "../upstreams/mirror/mirror-book.ts";
import type { Saturation } from "../upstreams/saturation/saturation.ts";
import { SaturationBook } from "../upstreams/saturation/saturation-book.ts";
import type { Transport } from "../upstreams/transport.ts";
import { openCachePeers, openCounters, openShared } from "./between-workers.ts";
import { ControlLink } from "./control-link.ts";
import { findOwnConflict } from "./own-conflict.ts";
import { openCertificates } from "./own-certificates.ts";
import { RecoveryLoop } from "./recovery-loop.ts";
import { restoreFor } from "./restore-order.ts";
import { snapshotPorts } from "./snapshot-ports.ts";
import { allGuarantees, allTargets } from "./standing.ts";
import { UnderWay } from "./under-way.ts";
import { WallClock } from "./wall-clock.ts";

export interface GatewayParts {
  options: GatewayProcessOptions;
  masterKey: Buffer;
  transport: Transport;
  compileAi: CompileAi;
  log: Logger;
  /** The snapshot on disk, where it was read already. */
  saved?: SavedSnapshot;
}

const monotonicMs = (): number => performance.now();

export class Gateway {
  #parts: GatewayParts;
  #startedAtMs = Date.now();
  #clock = new WallClock();
  #snapshot = new CurrentSnapshot(() => this.#snapshotPorts);
  #authorities: AuthorityFiles;
  #revocations: RevocationFiles;
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
  #servicePages: ServicePages;
  #listener: Listener;
  #control: ControlLink;
  #snapshotPorts: SnapshotPorts;
  #sealingOrphans: Promise<void> = Promise.resolve();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { options, log } = parts;
    this.#spoolDirectory = dataDirectory(options.data).spool;
    const certificatePorts = { warn: (message: string, details: Record<string, unknown>): void => log.warn(details, message) };
    this.#identities = new ClientIdentities(certificatePorts);
    this.#authorities = new AuthorityFiles(certificatePorts);
    this.#revocations = new RevocationFiles(certificatePorts);
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
    this.#control = new ControlLink({
      options, log, saved: parts.saved ?? new SavedSnapshot(), startedAtMs: this.#startedAtMs, snapshot: this.#snapshot, live: { watch: (...watched) => this.#live.watch(...watched) },
      told: () => ({
        worker: options.worker, snapshot: this.#snapshot, book: this.#book, targets: this.#targets, saturations: this.#saturations, mirrors: this.#mirrors,
        bodies: this.#bodies, access: this.#access, caches: this.#caches, revocations: this.#revocations, telemetry: this.#telemetry, live: this.#live, otlp: this.#otlp, inFlight: () => this.#listener.inFlight,
      }),
      restore: (message) => this.#writes.add(restoreFor({ book: this.#book, log }, message, (answer) => this.#control.send(answer))),
    });
    this.#live = new LiveCalls((message) => this.#control.send(message));
    const spool = new Spool({
      batch: new RecordBatch(),
      directory: this.#spoolDirectory,
      worker: options.worker,
      startedAtMs: this.#startedAtMs,
      sealed: (segment) => this.#control.send({ type: "sealed", segment }),
      log,
    });
    this.#bodies = new BodyKeeper({ directory: dataDirectory(options.data).bodiesSpool, worker: options.worker, startedAtMs: this.#startedAtMs, masterKey: parts.masterKey, log });
    this.#access = new AccessLog({ standardOutput: 1, log });
    this.#telemetry = new Telemetry({ worker: options.worker, spool, live: this.#live, inFlight: () => this.#listener.inFlight });
    this.#otlp = new OtlpExporter({ worker: options.worker, scheme: options.tls === undefined ? "http" : "https", fetch, now: () => Date.now(), monotonicMs: () => performance.now(), warn: (message, details) => log.warn(details, message) });
    this.#snapshotPorts = snapshotPorts({
      ...parts, monotonicMs, snapshot: this.#snapshot, authorities: this.#authorities, revocations: this.#revocations, identities: this.#identities, counters: this.#counters, ledger: this.#ledger,
      book: this.#book, budgets: this.#budgets, targets: this.#targets, saturations: this.#saturations, mirrors: this.#mirrors, writes: this.#writes,
      shared: this.#shared, caches: this.#caches, telemetry: this.#telemetry, otlp: this.#otlp, bodies: this.#bodies, access: this.#access,
    });
    this.#servicePages = new ServicePages({ findService: (name) => this.#snapshot.findService(name), sourceOf: (document) => this.#snapshot.sourceOf(document), pipeline: () => this.#snapshotPorts.service.pipeline, folder: dataDirectory(options.data).documents });
    this.#listener = new Listener({
      worker: options.worker,
      destinations: this.#snapshot,
      identifiers: new Identifiers((buffer) => randomFillSync(buffer)),
      monotonicMs,
      unixMs: this.#clock.unixMs,
      ended: (call) => this.#callEnded(call.exchange),
      findConflict: (request, id) => findOwnConflict({ ledger: this.#ledger, findKey: (hash) => this.#snapshot.findKey(hash), now: Date.now }, request, id),
      versionsOf: (service) => this.#snapshot.versionsOf(service),
      servicePage: (exchange) => this.#servicePages.answer(exchange),
      captureBodies: (service, method) => this.#bodies.begin(service, method),
      refusedConnection: (record) => {
        this.#telemetry.ended(record);
        this.#access.ended(record, { httpVersion: "1.1" });
      },
      log,
    }, this.#certificates);
  }

  /** Resolves with the port, once a snapshot is in force. */
  async start(): Promise<number> {
    await this.#control.open();
    this.#sealingOrphans = this.#sealOrphans();
    await this.#control.firstSnapshot;
    this.#recovery.start();
    this.#book.bypasses.start();
    this.#shared?.start();
    this.#cachePeers?.start();
    return this.#listener.listen(this.#parts.options);
  }

  /** Puts a snapshot in force that did not come over the channel. */
  replaceSnapshot(snapshot: Snapshot): Promise<void> {
    return this.#control.replaceSnapshot(snapshot);
  }

  /** Who edits the same thing at this moment, as this worker has seen it. */
  potentialConflicts(): ConflictRecord[] {
    return this.#book.potential();
  }

  /** How the targets of the services are, as this worker sees them. */
  targets(): TargetState[] {
    return allTargets(this.#targets, this.#snapshot);
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
    return allGuarantees(this.#book, this.#snapshot);
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
    await this.#servicePages.close();
    this.#snapshot.close();
    this.#live.watch(false, null);
    await this.#control.close();
    await this.#counters.close();
    await this.#ledger.close();
    await this.#parts.transport.close();
    await this.#certificates?.close();
    await this.#authorities.close();
    await this.#revocations.close();
    await this.#identities.close();
  }

  #callEnded(call: Pick<HttpExchange, "record" | "headers" | "httpVersion" | "keySecret" | "capture">): void {
    const { record, headers } = call;
    if (this.#access.isOn) this.#access.ended(record, { httpVersion: call.httpVersion, referer: headers.referer });
    this.#telemetry.ended(record);
    if (call.capture !== null) this.#bodies.ended(call);
    if (this.#otlp.isOn) this.#otlp.ended(record, callerTrace(headers["traceparent"]));
  }

  async #sealOrphans(): Promise<void> {
    try {
      const segments = await sealOrphans({ directory: this.#spoolDirectory, worker: this.#parts.options.worker, startedAtMs: this.#startedAtMs, nowMs: Date.now() });
      for (const segment of segments) this.#control.send({ type: "sealed", segment });
      const bodies = dataDirectory(this.#parts.options.data).bodiesSpool;
      if (existsSync(bodies)) await sealOrphans({ directory: bodies, worker: this.#parts.options.worker, startedAtMs: this.#startedAtMs, nowMs: Date.now() });
    } catch (error) {
      this.#parts.log.error({ error }, "segments of an earlier process could not be sealed");
    }
  }
}
