/** One SQLite file, opened the way the store needs it. Prepared statements are made once and kept with the connection. */
import { chmodSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { migrate } from "./migrate.ts";

export type Row = Record<string, SQLOutputValue>;

export interface Database {
  rows(sql: string, ...values: SQLInputValue[]): Row[];
  row(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** The number of rows that changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Takes the write lock first, so that what is read inside stays true until the commit. Synchronous: nothing interleaves. */
  transaction<Result>(work: () => Result): Result;
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
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    rows: (sql, ...values) => prepared(sql).all(...values),
    row: (sql, ...values) => prepared(sql).get(...values),
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    transaction: (work) => transaction(connection, work),
    close: () => connection.close(),
  };
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
