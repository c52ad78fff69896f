/**
 * Hot path (benchmark: guard). Many callers' operations in one transaction. Whatever arrives in one turn of the event loop is
 * carried out together; answers leave after the commit and never before. An operation that fails takes back its own
 * changes only; a commit that fails is the end of the process, because memory would know more than the disk.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface Job {
  fsync: boolean;
  /** Whether it may change rows; others need no savepoint. */
  writes: boolean;
  run(): void;
  /** It threw; everything that it changed in the database has been taken back. */
  failed(error: Error): void;
}

const maxJobsPerCommit = 2_000;

export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #fatal: (error: Error) => void;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  #jobs: Job[] = [];
  #outbox: (() => void)[] = [];
  #scheduled = false;
  #full = false;
  #closed = false;

  constructor(database: DatabaseSync, fatal: (error: Error) => void) {
    this.#database = database;
    this.#fatal = fatal;
    // Not IMMEDIATE: nobody else writes, and one that turns out to have only read costs next to nothing.
    this.#begin = database.prepare("BEGIN");
    this.#commit = database.prepare("COMMIT");
    this.#savepoint = database.prepare("SAVEPOINT job");
    this.#release = database.prepare("RELEASE job");
  }

  /** Carries out what is there; what comes later is nobody's any more. */
  close(): void {
    this.flush();
    this.#closed = true;
    this.#jobs = [];
  }

  submit(job: Job): void {
    if (this.#closed) return;
    this.#jobs.push(job);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** To be called by answers: delivers after the commit of the batch that is being carried out. */
  afterCommit(deliver: () => void): void {
    this.#outbox.push(deliver);
  }

  flush(): void {
    this.#scheduled = false;
    const jobs = this.#jobs.splice(0, maxJobsPerCommit);
    if (jobs.length === 0) return;
    try {
      this.#carryOut(jobs);
    } catch (error) {
      this.#outbox = [];
      this.#fatal(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const outbox = this.#outbox;
    this.#outbox = [];
    for (const deliver of outbox) deliver();
    if (this.#jobs.length > 0 && !this.#scheduled && !this.#closed) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
  }

  #carryOut(jobs: Job[]): void {
    this.#synchronize(jobs.some((job) => job.fsync));
    this.#begin.run();
    for (const job of jobs) this.#carryOutOne(job);
    this.#commit.run();
  }

  #carryOutOne(job: Job): void {
    if (job.writes) this.#savepoint.run();
    try {
      job.run();
      if (job.writes) this.#release.run();
    } catch (error) {
      if (job.writes) this.#database.exec("ROLLBACK TO job; RELEASE job");
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#outbox.push(() => job.failed(reason));
    }
  }

  #synchronize(full: boolean): void {
    if (full === this.#full) return;
    this.#full = full;
    this.#database.exec(`PRAGMA synchronous = ${full ? "FULL" : "NORMAL"}`);
  }
}
