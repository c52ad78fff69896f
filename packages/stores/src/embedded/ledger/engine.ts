/**
 * The ledger's engine: its parts over one database, put together, synchronous, for one thread; what each operation does with them is in
 * `operations.ts`. It knows neither sockets nor transactions; the group commit around it decides what becomes durable together and
 * when an answer may be given.
 */
import type { DatabaseSync } from "node:sqlite";
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../ports/ledger.ts";
import { Bases } from "./resources/bases.ts";
import { Budgets } from "./budgets/budgets.ts";
import { Bypasses } from "./bypasses.ts";
import { Changes } from "./resources/changes.ts";
import { ConflictRecords } from "./conflict-records.ts";
import type { LedgerCaps, LedgerContext } from "./context.ts";
import { GuardedWrites } from "./writes/guarded-writes.ts";
import { Idempotency } from "./writes/idempotency.ts";
import { LeaseOperations } from "./leases/lease-operations.ts";
import { Leases } from "./leases/leases.ts";
import { ObjectOwners } from "./object-owners.ts";
import { budgetOperations, bypassOperations, conflictOperations, leaseOperations, type Operations, ownerOperations, resourceOperations, writeOperations } from "./operations.ts";
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
    const resources = new Resources(context);
    const changes = new Changes(context);
    const bases = new Bases(context);
    const idempotency = new Idempotency(context);
    const sentWrites = new SentWrites(context);
    const queue = new WriteQueue(context.caps.waiting);
    const leases = new Leases(context);
    const operations = new LeaseOperations({ context, resources, leases, sentWrites, queue });
    const outcomes = new Outcomes({ context, resources, changes, idempotency, sentWrites });
    const writes = new GuardedWrites({ context, resources, idempotency, sentWrites, leases: operations, queue, outcomes });
    const readings = new Readings({ services: context.services, resources, changes, bases, isUnderWay: (resource) => writes.isUnderWay(resource) });
    const budgets = new Budgets(context);
    this.#context = context;
    this.#queue = queue;
    this.#writes = writes;
    this.#sentWrites = sentWrites;
    this.#resources = resources;
    this.#bases = bases;
    this.#leases = leases;
    this.#budgets = budgets;
    this.#operations = {
      ...resourceOperations({ context, resources, changes, bases, readings }),
      ...writeOperations({ writes, sentWrites, outcomes, uniqueValues: new UniqueValues(context) }),
      ...leaseOperations({ context, operations, leases, writes, aheadMs: () => (options.wallNow ?? options.now)() - options.now() }),
      ...conflictOperations(new ConflictRecords(context)),
      ...budgetOperations(budgets),
      ...ownerOperations(new ObjectOwners(context.database)),
      ...bypassOperations(new Bypasses(context)),
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
