/** What compiled routes may use of the worker around them: every policy's and the transport's clock, randomness, books and log. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { GatewayProcessOptions } from "@parley/contract/processes";
import type { Counters } from "@parley/stores/ports/counters";
import type { Ledger } from "@parley/stores/ports/ledger";
import type { Logger } from "pino";
import type { BudgetBook } from "../ai/budgets/budget-book.ts";
import type { CompileAi } from "../ai/endpoints-contract.ts";
import { ObjectOwners } from "../ai/models/object-owners.ts";
import type { AuthorityFiles, ClientIdentities, RevocationFiles } from "../certificates/index.ts";
import type { PipelinePorts } from "../pipeline/route-plan.ts";
import { KeySets } from "../policies/access/tokens/key-sets.ts";
import { WrongKeys } from "../policies/access/wrong-keys.ts";
import type { Caches } from "../policies/cache/caches.ts";
import type { ConflictBook } from "../policies/conflict/book.ts";
import type { ConflictPorts } from "../policies/conflict/conflict-ports.ts";
import type { SharedObservations } from "../policies/conflict/watch/peers/shared-observations.ts";
import { sharedCallerLimits } from "../policies/limits/caller-limits.ts";
import { Places } from "../policies/limits/places.ts";
import type { CurrentSnapshot, SnapshotPorts } from "../snapshot/current-snapshot.ts";
import type { AccessLog } from "../telemetry/access-log/access-log.ts";
import type { BodyKeeper } from "../telemetry/bodies/body-keeper.ts";
import type { OtlpExporter } from "../telemetry/otlp/otlp-exporter.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { hashText } from "../upstreams/balance/hash-ring.ts";
import type { TargetBook } from "../upstreams/balance/target-book.ts";
import type { ForwardPorts } from "../upstreams/forward-plan.ts";
import type { MirrorBook } from "../upstreams/mirror/mirror-book.ts";
import type { SaturationBook } from "../upstreams/saturation/saturation-book.ts";
import type { Transport } from "../upstreams/transport.ts";
import type { UnderWay } from "./under-way.ts";

/** The parts of the worker that routes reach. */
export interface WorkerParts {
  options: GatewayProcessOptions;
  masterKey: Buffer;
  transport: Transport;
  compileAi: CompileAi;
  log: Logger;
  monotonicMs: () => number;
  snapshot: CurrentSnapshot;
  authorities: AuthorityFiles;
  revocations: RevocationFiles;
  identities: ClientIdentities;
  counters: Counters;
  ledger: Ledger;
  book: ConflictBook;
  budgets: BudgetBook;
  targets: TargetBook;
  saturations: SaturationBook;
  mirrors: MirrorBook;
  writes: UnderWay;
  /** Null where this is the only worker. */
  shared: SharedObservations | null;
  caches: Caches;
  telemetry: Telemetry;
  otlp: OtlpExporter;
  bodies: BodyKeeper;
  access: AccessLog;
}

export function snapshotPorts(worker: WorkerParts): SnapshotPorts {
  const { masterKey, log, otlp, bodies, access } = worker;
  const pipeline = pipelinePorts(worker);
  return {
    masterKey,
    service: { pipeline, forward: forwardPorts(worker) },
    ai: aiPorts(worker, pipeline),
    log,
    telemetryChanged: (settings) => otlp.configure(settings),
    loggingChanged: (settings) => {
      bodies.configure(settings);
      access.configure(settings?.access ?? null);
    },
  };
}

function pipelinePorts(worker: WorkerParts): PipelinePorts {
  const { snapshot, counters, caches, monotonicMs, log, telemetry: { calls } } = worker;
  return {
    findKey: (hash) => snapshot.findKey(hash),
    findConsumer: (name) => snapshot.findConsumer(name),
    findTeam: (name) => snapshot.findTeam(name),
    authorities: authoritiesPort(worker),
    revocations: revocationsPort(worker),
    keySets: new KeySets({ now: () => Date.now(), fetch, warn: (message, details) => log.warn(details, message) }),
    counters,
    places: new Places(counters, monotonicMs),
    callerLimits: sharedCallerLimits(),
    wrongKeys: new WrongKeys({ counters, monotonicMs, limit: () => snapshot.wrongKeys }),
    conflicts: conflictPorts(worker),
    caches,
    now: () => Date.now(),
    rateLimited: (service, limit) => calls.rateLimited(service, limit),
  };
}

function aiPorts(worker: WorkerParts, pipeline: PipelinePorts): SnapshotPorts["ai"] {
  const { transport, compileAi, log, budgets, counters, ledger, book } = worker;
  return {
    compileAi, pipeline,
    ai: {
      transport, now: () => Date.now(), random: Math.random, budgets, notes: counters, owners: new ObjectOwners(ledger),
      turns: { ledger, record: (conflict) => book.record(conflict), randomBytes: (count) => randomBytes(count) },
      warn: (message, details) => log.warn(details, message),
    },
  };
}

function authoritiesPort({ authorities, options }: WorkerParts): PipelinePorts["authorities"] {
  const own = options.tls?.clientCa;
  return {
    certificates: (file = own) => (file === undefined ? [] : authorities.at(file).certificates),
    all: () => authorities.allCertificates(),
    get generation() {
      return authorities.generation;
    },
  };
}

/** The gateway's own lists are of its own authorities; whoever names others names their lists, too. */
function revocationsPort({ revocations, options }: WorkerParts): PipelinePorts["revocations"] {
  return {
    lists: ({ ca, crl = ca === undefined ? options.tls?.clientCrl : undefined }) => (crl === undefined ? null : revocations.at(crl)),
    get generation() {
      return revocations.generation;
    },
  };
}

function forwardPorts(worker: WorkerParts): ForwardPorts {
  const { transport, log, options, snapshot, identities, targets, saturations, mirrors, telemetry, monotonicMs } = worker;
  return {
    transport, identities, monotonicMs, random: Math.random,
    watch: (service, candidates) => targets.watch(service, candidates),
    targetChanged: (service, { origin, healthy }) => log.warn({ service, target: origin, healthy }, healthy ? "a target is back: its checks succeed" : "a target is out: its checks fail"),
    saturations,
    mirrors,
    place: hashText(hostname()) * (options.workers ?? 1) + options.worker,
    priorityOf: (consumer) => snapshot.findConsumer(consumer)?.priority ?? "normal",
    shed: (service) => telemetry.calls.rateLimited(service, "upstream"),
    tried: (service, outcome, route) => telemetry.calls.tried(service, outcome, route),
  };
}

function conflictPorts({ ledger, counters, book, shared, snapshot, writes, log, monotonicMs }: WorkerParts): ConflictPorts {
  return {
    ledger, counters, book, now: () => Date.now(), monotonicMs, random: Math.random,
    randomBytes: (count) => randomBytes(count),
    watchShared: shared === null ? null : (service, route) => shared.watch(service, route),
    redaction: () => snapshot.redaction,
    underWay: (write) => writes.add(write),
    warn: (message, details) => log.warn(details, message),
  };
}
