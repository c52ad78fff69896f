/**
 * The ledger's engine: all operations over one database, synchronous, for one thread. It knows neither sockets nor
 * transactions; the group commit around it decides what becomes durable together and when an answer may be given.
 */
import type { DatabaseSync } from "node:sqlite";
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../ports/ledger.ts";
import { Bases } from "./resources/bases.ts";
import { Budgets } from "./budgets/budgets.ts";
import { Bypasses } from "./bypasses.ts";
import { Changes } from "./resources/changes.ts";
import { ConflictRecords } from "./conflict-records.ts";
import type { LedgerCaps, LedgerContext } from "./context.ts";
import { displayedLease } from "./leases/displayed-lease.ts";
import { GuardedWrites } from "./writes/guarded-writes.ts";
import { Idempotency } from "./writes/idempotency.ts";
import { resourceKey } from "./keys.ts";
import { LeaseOperations } from "./leases/lease-operations.ts";
import { Leases } from "./leases/leases.ts";
import { ObjectOwners } from "./object-owners.ts";
import { Outcomes } from "./writes/outcomes.ts";
import { Readings } from "./resources/readings.ts";
import { Resources } from "./resources/resources.ts";
import { sweep } from "./retention.ts";
import { SentWrites } from "./writes/sent-writes.ts";
import { Services } from "./services.ts";
import { measure } from "./size.ts";
import { UniqueValues } from "./writes/unique-values.ts";
import type { WriteLog } from "./log/write-log.ts";
import { type Session, WriteQueue } from "./writes/write-queue.ts";

export interface EngineOptions {
  database: DatabaseSync;
  log: WriteLog;
  now: () => number;
  /** The machine's clock, by which people are shown times; the same as `now` without it. */
  wallNow?: () => number;
  randomBytes: (count: number) => Buffer;
  caps: LedgerCaps;
}

type Operations = { [Name in LedgerOperation]: (input: LedgerInput<Name>, session: Session, reply: (output: LedgerOutput<Name>) => void) => void };

export class LedgerEngine {
  readonly #context: LedgerContext;
  readonly #queue: WriteQueue;
  readonly #writes: GuardedWrites;
  readonly #sentWrites: SentWrites;
  readonly #resources: Resources;
  readonly #leases: Leases;
  readonly #bases: Bases;
  readonly #budgets: Budgets;
  readonly #operations: Operations;

  constructor(options: EngineOptions) {
    const context: LedgerContext = { ...options, services: new Services(options.database, options.log) };
    const aheadMs = (): number => (options.wallNow ?? options.now)() - options.now();
    const resources = new Resources(context);
    const changes = new Changes(context);
    const bases = new Bases(context);
    const idempotency = new Idempotency(context);
    const sentWrites = new SentWrites(context);
    const queue = new WriteQueue(context.caps.waiting);
    const leaseTable = new Leases(context);
    const leases = new LeaseOperations({ context, resources, leases: leaseTable, sentWrites, queue });
    const outcomes = new Outcomes({ context, resources, changes, idempotency, sentWrites });
    const writes = new GuardedWrites({ context, resources, idempotency, sentWrites, leases, queue, outcomes });
    const readings = new Readings({ services: context.services, resources, changes, bases, isUnderWay: (resource) => writes.isUnderWay(resource) });
    const conflicts = new ConflictRecords(context);
    const owners = new ObjectOwners(context.database);
    const uniqueValues = new UniqueValues(context);
    const bypasses = new Bypasses(context);
    this.#context = context;
    this.#queue = queue;
    this.#writes = writes;
    this.#sentWrites = sentWrites;
    this.#resources = resources;
    this.#bases = bases;
    this.#leases = leaseTable;
    const budgets = new Budgets(context);
    this.#budgets = budgets;
    this.#operations = {
      ...resourceOperations({ context, resources, changes, bases, readings }),
      reserveBudget: (input, _, reply) => reply(budgets.reserve(input)),
      renewBudget: (input, _, reply) => reply(budgets.renew(input)),
      settleBudget: (input, _, reply) => reply(budgets.settle(input)),
      checkWrite: (input, _, reply) => reply(writes.check(input)),
      prepareWrite: (input, session, reply) => writes.prepare(input, session, reply),
      sendWrite: (input, _, reply) => reply(writes.send(input)),
      awaitLoss: (input, _, reply) => writes.awaitLoss(input.write, reply),
      finishWrite: (input, _, reply) => reply(writes.finish(input)),
      claimUnresolved: (input, session, reply) => reply(sentWrites.claim(session, input.limit)),
      resolveWrite: (input, _, reply) => reply(outcomes.resolve(input)),
      acquireLease: (input, session, reply) => leases.acquire(input, session, reply),
      releaseLease: (input, _, reply) => reply(leases.release(input)),
      breakLease: (input, _, reply) => {
        const output = leases.break(input);
        if (output.broken !== null) writes.leaseBroken(resourceKey(input));
        reply(output);
      },
      getLease: (input, _, reply) => {
        const lease = leaseTable.current(Buffer.from(input.id, "hex"));
        reply(lease && displayedLease(lease, aheadMs()));
      },
      listLeases: (input, _, reply) => {
        const service = input.service === null ? null : (context.services.find(input.service)?.id ?? -1);
        reply(leaseTable.list(service, input.limit).map((lease) => displayedLease(lease, aheadMs())));
      },
      recordConflict: (input, _, reply) => {
        conflicts.put(input);
        reply({ id: input.id });
      },
      getConflict: (input, _, reply) => reply(conflicts.get(input.id)),
      findConflicts: (input, _, reply) => reply(conflicts.find(input)),
      countConflicts: (input, _, reply) => reply(conflicts.count(input)),
      keepOwner: (input, _, reply) => reply(owners.keep(input)),
      findOwners: (input, _, reply) => reply(owners.find(input)),
      forgetOwner: (input, _, reply) => reply(owners.forget(input)),
      keepUnique: (input, _, reply) => reply(uniqueValues.keep(input)),
      findUnique: (input, _, reply) => reply(uniqueValues.find(input)),
      keepBypass: (input, _, reply) => reply(bypasses.keep(input)),
      listBypasses: (input, _, reply) => reply(bypasses.list(input)),
      listBypassed: (input, _, reply) => reply(bypasses.resources(input)),
      forgetBypass: (input, _, reply) => reply(bypasses.forget(input)),
      size: (input, _, reply) => reply(measure(context, input.service, queue.size)),
    };
  }

  /** `reply` is called once: now, or during a later call of any method here. */
  execute<Name extends LedgerOperation>(name: Name, call: { input: LedgerInput<Name>; session: Session; reply: (output: LedgerOutput<Name>) => void }): void {
    this.#operations[name](call.input, call.session, call.reply);
  }

  /** Of what the next commit brings into the tables and the log does not have. */
  get waitingBytes(): number {
    return this.#bases.waitingBytes;
  }

  /** Brings into the tables what is in memory only, and out of them what is too much. */
  write(): void {
    this.#resources.write();
    this.#sentWrites.write();
    this.#bases.write();
    this.#bases.trim();
  }

  /** The changes of an operation were taken back, and the tables have all others: what memory had goes. */
  forget(): void {
    this.#resources.forget();
    this.#sentWrites.forget();
    this.#context.services.load();
    this.#leases.load();
  }

  /** What time does by itself: waiting too long, holding too long. */
  tick(): void {
    const now = this.#context.now();
    this.#queue.expire(now);
    this.#writes.expire(now);
  }

  sweep(): void {
    this.#budgets.sweep();
    const forgot = sweep(this.#context, { isUnderWay: (resource) => this.#writes.isUnderWay(resource), isHeld: (lock) => this.#queue.isHeld(lock) });
    if (forgot) this.#resources.forget();
  }

  endSession(session: Session): void {
    this.#queue.dropSession(session);
    this.#writes.dropSession(session);
    this.#sentWrites.dropSession(session);
  }
}

type ResourceOperations = Pick<Operations, "readResource" | "noteState" | "listChanges" | "keepBase" | "readBase">;

function resourceOperations(parts: { context: LedgerContext; resources: Resources; changes: Changes; bases: Bases; readings: Readings }): ResourceOperations {
  const { context, resources, changes, bases, readings } = parts;
  return {
    readResource: (input, _, reply) => {
      const row = resources.find(resourceKey(input));
      reply(row === null ? null : resources.state(row, input.view));
    },
    noteState: (input, _, reply) => reply(readings.note(input)),
    listChanges: (input, _, reply) => {
      const key = resourceKey(input);
      reply(changes.list(key, input, (digest) => bases.isWaiting(key, digest)));
    },
    keepBase: (input, _, reply) => {
      const key = resourceKey(input);
      const kept = bases.keep(key, context.services.get(input.service), { ...input, body: Buffer.from(input.body, "base64") });
      if (kept && input.revision !== undefined) changes.tell(resources.get(key, input), { revision: input.revision, etag: null, digest: input.digest });
      reply({ kept });
    },
    readBase: (input, _, reply) => reply(bases.read(resourceKey(input), input.digest)),
  };
}
