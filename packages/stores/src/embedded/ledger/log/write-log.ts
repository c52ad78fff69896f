/**
 * Hot path (benchmark: guard). Statements that are durable before they are committed: what a batch changes is appended to a
 * file in one write, and the tables' transaction stays open over many batches, so that a page which is written again and
 * again goes to the disk once. kill -9 loses neither: the next start repeats the file on top of the last commit.
 *
 * The commit and the file cannot disagree: every commit raises the epoch in the tables, and a file of another epoch counts for nothing.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LogFile } from "./log-file.ts";
import { type LoggedName, loggedStatements, refusedValue } from "./logged-statements.ts";
import { type LoggedValue, readRecords, RecordBuffer } from "./record-buffer.ts";

export const logTable = `CREATE TABLE IF NOT EXISTS log_epoch (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL) STRICT; INSERT OR IGNORE INTO log_epoch VALUES (1, 1);`;

export class WriteLog {
  readonly #database: DatabaseSync;
  readonly #file: LogFile;
  readonly #statements: Record<LoggedName, StatementSync>;
  readonly #byNumber = new Map<number, StatementSync>();
  readonly #raise: StatementSync;
  readonly #batch = new RecordBuffer();
  #epoch: number;
  #isOpen = false;
  #bypassed = false;

  /** Repeats what a killed process left behind; the tables then have all that was ever promised. */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    const prepared = Object.entries(loggedStatements).map(([name, { number, sql }]) => {
      const statement = database.prepare(sql);
      this.#byNumber.set(number, statement);
      return [name, statement] as const;
    });
    this.#statements = Object.fromEntries(prepared) as Record<LoggedName, StatementSync>;
    this.#raise = database.prepare("UPDATE log_epoch SET epoch = ?");
    this.#epoch = (database.prepare("SELECT epoch FROM log_epoch").get() as { epoch: number }).epoch;
    this.#file = new LogFile(path);
    this.begin();
    this.#repeat();
    this.commit();
  }

  /** Of what has been appended since the last commit. */
  get bytes(): number {
    return this.#file.length;
  }

  /** Something was changed that the log does not have: only a commit makes it durable. */
  get isBypassed(): boolean {
    return this.#bypassed;
  }

  /** Where this batch stands, for `takeBack`. */
  get mark(): number {
    return this.#batch.length;
  }

  /** To be called before a table is changed in any other way than by this log. */
  bypass(): void {
    this.begin();
    this.#bypassed = true;
  }

  /** How many rows it changed. */
  run(name: LoggedName, ...values: LoggedValue[]): number {
    this.record(name, ...values);
    this.begin();
    return Number(this.#statements[name].run(...values).changes);
  }

  /** What is in memory, and will be brought into the tables by `write` before the next commit. */
  record(name: LoggedName, ...values: LoggedValue[]): void {
    const refused = refusedValue(name, values);
    if (refused !== null) throw new Error(`${name} cannot take ${refused}`);
    this.#batch.add(loggedStatements[name].number, values);
  }

  /** Without a record, since it has been recorded before, or may be lost. How many rows it changed. */
  write(name: LoggedName, ...values: LoggedValue[]): number {
    this.begin();
    return Number(this.#statements[name].run(...values).changes);
  }

  begin(): void {
    if (this.#isOpen) return;
    this.#database.exec("BEGIN");
    this.#isOpen = true;
  }

  /** Makes durable what this batch has recorded. */
  append(): void {
    if (this.#batch.length === 0) return;
    this.#file.append(this.#epoch, this.#batch.filled);
    this.#batch.truncate(0);
  }

  /** All of it becomes the tables', and the log begins anew. What is only in memory has to have been written. */
  commit(): void {
    const isUsed = this.#file.length > 0 || this.#batch.length > 0;
    if (!this.#isOpen && !isUsed) return;
    this.begin();
    if (isUsed) this.#raise.run((this.#epoch += 1));
    this.#database.exec("COMMIT");
    this.#isOpen = false;
    this.#bypassed = false;
    this.#batch.truncate(0);
    if (isUsed) this.#file.clear();
  }

  /** As `commit`, and it survives a power loss: the second commit waits for the disk, which has all of the file then. */
  commitToDisk(): void {
    this.commit();
    this.#database.exec("PRAGMA synchronous = FULL; BEGIN");
    this.#raise.run((this.#epoch += 1));
    this.#database.exec("COMMIT; PRAGMA synchronous = NORMAL");
  }

  /** Only the records: the caller has taken the changes back. */
  forgetSince(mark: number): void {
    this.#batch.truncate(mark);
  }

  /** The tables as they were at the mark, everything in memory included. Not for a batch that was bypassed. */
  takeBack(mark: number): void {
    this.#batch.truncate(mark);
    if (this.#isOpen) this.#database.exec("ROLLBACK");
    this.#isOpen = false;
    this.#bypassed = false;
    this.begin();
    this.#repeat();
  }

  close(): void {
    this.#file.close();
  }

  #repeat(): void {
    for (const records of [...this.#file.read(this.#epoch), this.#batch.filled]) {
      for (const { statement, values } of readRecords(records)) this.#statementOf(statement).run(...values);
    }
  }

  #statementOf(number: number): StatementSync {
    const statement = this.#byNumber.get(number);
    if (!statement) throw new Error(`the ledger's log has a statement ${number}, which this release does not know`);
    return statement;
  }
}
