/** One SQLite file, opened the way the store needs it. Prepared statements are made once and kept with the connection. */
import { chmodSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { ConfigStoreUnavailableError } from "../../ports/config-store.ts";
import { sqliteUnavailable } from "../sqlite-failure.ts";
import { migrate } from "./migrate.ts";

export type Row = Record<string, SQLOutputValue>;

export interface Database {
  rows(sql: string, ...values: SQLInputValue[]): Row[];
  row(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** The number of rows that changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Takes the write lock first, so that what is read inside stays true until the commit. Synchronous: nothing interleaves. */
  transaction<Result>(work: () => Result): Result;
  /** Throws where the file was removed or replaced: SQLite goes on with what has no name any more, and with the process all of it would be gone. */
  requireFile(): void;
  close(): void;
}

/** Another process (the command line) may hold the lock for a moment. */
const busyTimeoutMs = 5_000;

export function openDatabase(path: string): Database {
  const connection = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  if (path !== ":memory:") chmodSync(path, 0o600);
  // A commit that returned survives kill -9 either way; FULL makes it survive a power failure too.
  connection.exec("pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on");
  migrate(connection);
  const file = fileAt(path);
  const requireFile = (): void => {
    if (fileAt(path) !== file) throw new ConfigStoreUnavailableError(`${path} was removed or replaced while Parley runs: put it back or restart Parley, which begins with what is there`, { isDiskFull: false });
  };
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    rows: (sql, ...values) => answering(() => prepared(sql).all(...values)),
    row: (sql, ...values) => answering(() => prepared(sql).get(...values)),
    run: (sql, ...values) => {
      requireFile();
      return answering(() => Number(prepared(sql).run(...values).changes));
    },
    transaction: (work) => {
      requireFile();
      return answering(() => transaction(connection, work));
    },
    requireFile,
    close: () => connection.close(),
  };
}

/** The same for as long as the name stands for the same file; empty where there is none. */
function fileAt(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.dev}:${stats.ino}`;
}

/** Whatever else is wrong is a bug, and stays what it is. */
function answering<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const unavailable = sqliteUnavailable(error);
    if (unavailable === null) throw error;
    throw new ConfigStoreUnavailableError((error as Error).message, { ...unavailable, cause: error });
  }
}

function transaction<Result>(connection: DatabaseSync, work: () => Result): Result {
  connection.exec("begin immediate");
  try {
    const result = work();
    connection.exec("commit");
    return result;
  } catch (error) {
    if (connection.isTransaction) connection.exec("rollback");
    throw error;
  }
}
