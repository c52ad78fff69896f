/** One worker of the gateway, put together: every part gets its clock, its randomness and its ports here. */
import { randomFillSync } from "node:crypto";
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
import type { CompileAi } from "../ai/endpoints-contract.ts";
import { Identifiers } from "../listener/identifiers.ts";
import { Listener } from "../listener/listener.ts";
import { Caches } from "../policies/cache/caches.ts";
import type { CachePeers } from "../policies/cache/peers/cache-peers.ts";
import { ConflictBook } from "../policies/conflict/book.ts";
import type { SharedObservations } from "../policies/conflict/watch/peers/shared-observations.ts";
import { ServicePages } from "../service-pages/service-pages.ts";
import { SavedSnapshot } from "../snapshot/saved-snapshot.ts";
import { CurrentSnapshot, type SnapshotPorts } from "../snapshot/current-snapshot.ts";
import { TargetBook } from "../upstreams/balance/target-book.ts";
import { MirrorBook } from "../upstreams/mirror/mirror-book.ts";
import type { Saturation } from "../upstreams/saturation/saturation.ts";
import { SaturationBook } from "../upstreams/saturation/saturation-book.ts";
import type { Transport } from "../upstreams/transport.ts";
import { openCachePeers, openCounters, openShared } from "./between-workers.ts";
import { CallRecords } from "./call-records.ts";
import { CertificateFiles } from "./certificate-files.ts";
import { ControlLink } from "./control-link.ts";
import { findOwnConflict } from "./own-conflict.ts";
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
  #certificates: CertificateFiles;
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
  #records: CallRecords;
  #servicePages: ServicePages;
  #listener: Listener;
  #control: ControlLink;
  #snapshotPorts: SnapshotPorts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { options, log } = parts;
    this.#certificates = new CertificateFiles(options, log);
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
    this.#recovery = new RecoveryLoop({ ledger: this.#ledger, book: this.#book, log, now: () => Date.now() });
    this.#control = new ControlLink({
      options, log, saved: parts.saved ?? new SavedSnapshot(), startedAtMs: this.#startedAtMs, snapshot: this.#snapshot, live: { watch: (...watched) => this.#records.live.watch(...watched) },
      told: () => ({
        worker: options.worker, snapshot: this.#snapshot, book: this.#book, targets: this.#targets, saturations: this.#saturations, mirrors: this.#mirrors,
        caches: this.#caches, revocations: this.#certificates.revocations, bodies: this.#records.bodies, access: this.#records.access, telemetry: this.#records.telemetry,
        live: this.#records.live, otlp: this.#records.otlp, inFlight: () => this.#listener.inFlight,
      }),
      restore: (message) => this.#writes.add(restoreFor({ book: this.#book, log }, message, (answer) => this.#control.send(answer))),
    });
    this.#records = new CallRecords({ ...parts, startedAtMs: this.#startedAtMs, monotonicMs, inFlight: () => this.#listener.inFlight, send: (message) => this.#control.send(message) });
    this.#snapshotPorts = snapshotPorts({
      ...parts, monotonicMs, snapshot: this.#snapshot, authorities: this.#certificates.authorities, revocations: this.#certificates.revocations, identities: this.#certificates.identities,
      counters: this.#counters, ledger: this.#ledger, book: this.#book, budgets: this.#budgets, targets: this.#targets, saturations: this.#saturations, mirrors: this.#mirrors,
      writes: this.#writes, shared: this.#shared, caches: this.#caches, telemetry: this.#records.telemetry, otlp: this.#records.otlp, bodies: this.#records.bodies, access: this.#records.access,
    });
    this.#servicePages = new ServicePages({ findService: (name) => this.#snapshot.findService(name), sourceOf: (document) => this.#snapshot.sourceOf(document), pipeline: () => this.#snapshotPorts.service.pipeline, folder: dataDirectory(options.data).documents });
    this.#listener = new Listener({
      worker: options.worker,
      destinations: this.#snapshot,
      identifiers: new Identifiers((buffer) => randomFillSync(buffer)),
      monotonicMs,
      unixMs: this.#clock.unixMs,
      ended: (call) => this.#records.ended(call.exchange),
      findConflict: (request, id) => findOwnConflict({ ledger: this.#ledger, findKey: (hash) => this.#snapshot.findKey(hash), now: Date.now }, request, id),
      versionsOf: (service) => this.#snapshot.versionsOf(service),
      servicePage: (exchange) => this.#servicePages.answer(exchange),
      captureBodies: (service, method) => this.#records.bodies.begin(service, method),
      refusedConnection: (record) => this.#records.refusedConnection(record),
      log,
    }, this.#certificates.own);
  }

  /** Resolves with the port, once a snapshot is in force. */
  async start(): Promise<number> {
    await this.#control.open();
    this.#records.sealWhatWasLeft();
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
    await this.#records.close();
    await this.#servicePages.close();
    this.#snapshot.close();
    this.#records.live.watch(false, null);
    await this.#control.close();
    await this.#counters.close();
    await this.#ledger.close();
    await this.#parts.transport.close();
    await this.#certificates.close();
  }
}
