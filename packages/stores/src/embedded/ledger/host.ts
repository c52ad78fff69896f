/** The engine with its group commit: what a server or a test in the same thread talks to. */
import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../ports/ledger.ts";
import { FileGoneError, KeptFiles } from "../kept-files.ts";
import { defaultCaps, type LedgerCaps } from "./context.ts";
import { LedgerEngine } from "./engine.ts";
import { GroupCommit, type Job } from "./group-commit.ts";
import { RandomPool } from "./random-pool.ts";
import { openLedgerDatabase } from "./schema.ts";
import { WriteLog } from "./log/write-log.ts";
import type { Session } from "./writes/write-queue.ts";

export interface LedgerHostOptions {
  /** A file; its log is beside it. */
  path: string;
  /** Set by nobody. */
  now: () => number;
  /** The machine's clock, where it is another. */
  wallNow?: () => number;
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

/** Whatever these change is in the log; the place in a queue is in memory. */
const logged: ReadonlySet<LedgerOperation> = new Set(["noteState", "checkWrite", "prepareWrite", "sendWrite", "finishWrite", "awaitLoss", "readResource", "recordConflict"]);
/** Whatever stands in neither list finds all rows in the tables, and is committed: `size`, though it only counts them, since some may be in memory alone. */
const reads: ReadonlySet<LedgerOperation> = new Set(["listChanges", "readBase", "getLease", "listLeases", "getConflict", "findConflicts", "countConflicts", "findOwners", "findUnique", "listBypasses"]);

export function logPath(databasePath: string): string {
  return `${databasePath}-log`;
}

export class LedgerHost {
  readonly #database: DatabaseSync;
  readonly #log: WriteLog;
  readonly #engine: LedgerEngine;
  readonly #commits: GroupCommit;
  readonly #files: KeptFiles;
  /** As last looked at: a look at each write would be a call of the system for each file. */
  #trouble: string | null = null;

  constructor(options: LedgerHostOptions) {
    this.#database = openLedgerDatabase(options.path);
    this.#log = new WriteLog(this.#database, logPath(options.path));
    const random = new RandomPool(randomBytes);
    this.#engine = new LedgerEngine({ database: this.#database, log: this.#log, now: options.now, ...(options.wallNow ? { wallNow: options.wallNow } : {}), randomBytes: (count) => random.take(count), caps: { ...defaultCaps, ...options.caps } });
    this.#commits = new GroupCommit({ database: this.#database, log: this.#log, rows: this.#engine, fatal: options.fatal });
    this.#files = new KeptFiles([options.path, `${options.path}-wal`, logPath(options.path)]);
  }

  submit<Name extends LedgerOperation>(name: Name, call: Call<Name>): void {
    const { session, input } = call;
    // What is there can be read. What would be added is gone after a restart.
    if (this.#trouble !== null && !reads.has(name)) return call.failed(new FileGoneError(this.#trouble));
    const reply = (output: LedgerOutput<Name>): void => this.#commits.afterCommit(() => call.answer(output));
    this.#commits.submit({
      fsync: typeof input === "object" && "fsync" in input && input.fsync,
      kind: logged.has(name) ? "logged" : reads.has(name) ? "reads" : "writes",
      run: () => this.#engine.execute(name, { input, session, reply }),
      failed: (error) => call.failed(error),
    });
  }

  endSession(session: Session): void {
    this.#maintain("logged", () => this.#engine.endSession(session));
  }

  /** To be called a few times a second. */
  tick(): void {
    this.#trouble = this.#files.trouble;
    this.#maintain("logged", () => this.#engine.tick());
  }

  /** To be called every few seconds. */
  sweep(): void {
    this.#maintain("writes", () => this.#engine.sweep());
  }

  close(): void {
    this.#commits.close();
    this.#log.close();
    this.#database.close();
  }

  #maintain(kind: Job["kind"], run: () => void): void {
    this.#commits.submit({ fsync: false, kind, run, failed: () => {} });
  }
}
