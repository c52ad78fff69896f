/**
 * Hot path (benchmark: guard). Many callers' operations in one batch. Whatever arrives in one turn of the event loop is
 * carried out together; answers leave once the batch is durable and never before: in the log, or committed where something was
 * changed that the log does not have. An operation that fails takes back its own changes only; a batch that cannot be made
 * durable is the end of the process, because memory would know more than the disk.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { WriteLog } from "./log/write-log.ts";

export interface Job {
  fsync: boolean;
  /** `logged`: what it changes is in the log. `reads`: it changes nothing that is kept. `writes`: it changes tables behind the log's back. */
  kind: "logged" | "reads" | "writes";
  run(): void;
  /** It threw; everything that it changed in the database has been taken back. */
  failed(error: Error): void;
}

/** What is in memory of the tables. */
export interface KeptRows {
  /** Of what a commit brings into the tables and the log does not have. */
  readonly waitingBytes: number;
  /** Brings into the tables what is in memory only. */
  write(): void;
  /** A job was taken back, and the tables have all that was not: what memory had goes. */
  forget(): void;
}

export interface GroupCommitParts {
  database: DatabaseSync;
  log: WriteLog;
  rows: KeptRows;
  fatal: (error: Error) => void;
}

const maxJobsPerBatch = 2_000;
/** Of the log and of the bodies that wait beside it: what a commit has to bring into the tables is done in some tens of milliseconds, and a start repeats no more than this. */
const maxBytesToCommit = 4 * 1024 * 1024;

export class GroupCommit {
  readonly #parts: GroupCommitParts;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  #jobs: Job[] = [];
  #outbox: (() => void)[] = [];
  #scheduled = false;
  #closed = false;

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
    this.#savepoint = parts.database.prepare("SAVEPOINT job");
    this.#release = parts.database.prepare("RELEASE job");
  }

  /** Carries out what is there; what comes later is nobody's any more. */
  close(): void {
    this.flush();
    this.#commit();
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

  /** To be called by answers: delivers once the batch that is being carried out is durable. */
  afterCommit(deliver: () => void): void {
    this.#outbox.push(deliver);
  }

  flush(): void {
    this.#scheduled = false;
    const jobs = this.#jobs.splice(0, maxJobsPerBatch);
    if (jobs.length === 0) return;
    try {
      this.#carryOut(jobs);
    } catch (error) {
      this.#outbox = [];
      this.#parts.fatal(error instanceof Error ? error : new Error(String(error)));
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
    const { log, rows } = this.#parts;
    for (const job of jobs) {
      if (job.kind === "writes") this.#carryOutBeside(job);
      else this.#carryOutLogged(job);
    }
    if (jobs.some((job) => job.fsync)) this.#commit(true);
    else if (log.isBypassed || log.bytes + rows.waitingBytes > maxBytesToCommit) this.#commit();
    else log.append();
  }

  /** Taking it back means all that is not committed, which the log can repeat, and so nothing else may be in it. */
  #carryOutLogged(job: Job): void {
    const { log, rows } = this.#parts;
    if (log.isBypassed) this.#commit();
    const { mark } = log;
    try {
      job.run();
    } catch (error) {
      log.takeBack(mark);
      rows.forget();
      this.#tellFailure(job, error);
    }
  }

  #carryOutBeside(job: Job): void {
    const { log, rows, database } = this.#parts;
    rows.write();
    log.bypass();
    const { mark } = log;
    this.#savepoint.run();
    try {
      job.run();
      this.#release.run();
    } catch (error) {
      database.exec("ROLLBACK TO job; RELEASE job");
      log.forgetSince(mark);
      rows.forget();
      this.#tellFailure(job, error);
    }
  }

  #commit(toDisk = false): void {
    this.#parts.rows.write();
    if (toDisk) this.#parts.log.commitToDisk();
    else this.#parts.log.commit();
  }

  #tellFailure(job: Job, error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#outbox.push(() => job.failed(reason));
  }
}
