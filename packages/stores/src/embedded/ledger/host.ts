/** The engine with its group commit: what a server or a test in the same thread talks to. */
import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../ports/ledger.ts";
import { defaultCaps, type LedgerCaps } from "./context.ts";
import { LedgerEngine } from "./engine.ts";
import { GroupCommit } from "./group-commit.ts";
import { RandomPool } from "./random-pool.ts";
import { openLedgerDatabase } from "./schema.ts";
import type { Session } from "./write-queue.ts";

export interface LedgerHostOptions {
  /** A file, or `:memory:`. */
  path: string;
  now: () => number;
  caps?: Partial<LedgerCaps>;
  /** A commit failed; the process has to end, since nobody may be told anything any more. */
  fatal: (error: Error) => void;
}

export interface Call<Name extends LedgerOperation> {
  session: Session;
  input: LedgerInput<Name>;
  answer(output: LedgerOutput<Name>): void;
  failed(error: Error): void;
}

/** A place in a queue is in memory; a service that becomes known on the way is true whatever becomes of the rest. */
const readers: ReadonlySet<LedgerOperation> = new Set(["checkWrite", "prepareWrite", "readResource", "listChanges", "readBase", "getLease", "listLeases", "getConflict", "findConflicts", "countConflicts", "findOwners", "findUnique", "listBypasses", "awaitLoss", "size"]);

export class LedgerHost {
  readonly #database: DatabaseSync;
  readonly #engine: LedgerEngine;
  readonly #commits: GroupCommit;

  constructor(options: LedgerHostOptions) {
    this.#database = openLedgerDatabase(options.path);
    this.#commits = new GroupCommit(this.#database, options.fatal);
    const random = new RandomPool(randomBytes);
    this.#engine = new LedgerEngine({ database: this.#database, now: options.now, randomBytes: (count) => random.take(count), caps: { ...defaultCaps, ...options.caps } });
  }

  submit<Name extends LedgerOperation>(name: Name, call: Call<Name>): void {
    const { session, input } = call;
    const reply = (output: LedgerOutput<Name>): void => this.#commits.afterCommit(() => call.answer(output));
    this.#commits.submit({
      fsync: typeof input === "object" && "fsync" in input && input.fsync,
      writes: !readers.has(name) || (typeof input === "object" && "sendIf" in input),
      run: () => this.#engine.execute(name, { input, session, reply }),
      failed: (error) => {
        this.#engine.rolledBack();
        call.failed(error);
      },
    });
  }

  endSession(session: Session): void {
    this.#maintain(() => this.#engine.endSession(session));
  }

  /** To be called a few times a second. */
  tick(): void {
    this.#maintain(() => this.#engine.tick());
  }

  /** To be called every few seconds. */
  sweep(): void {
    this.#maintain(() => this.#engine.sweep());
  }

  close(): void {
    this.#commits.close();
    this.#database.close();
  }

  #maintain(run: () => void): void {
    this.#commits.submit({ fsync: false, writes: true, run, failed: () => this.#engine.rolledBack() });
  }
}
