/** One SQLite file, opened the way the store needs it. Prepared statements are made once and kept with the connection. */
import { chmodSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { ConfigStoreUnavailableError } from "../../ports/config-store.ts";
import { KeptFiles } from "../kept-files.ts";
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
  /** Throws where the file or its write-ahead log was removed or replaced. */
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
  const files = new KeptFiles([path, `${path}-wal`]);
  const requireFile = (): void => {
    const { trouble } = files;
    if (trouble !== null) throw new ConfigStoreUnavailableError(trouble, { isDiskFull: false });
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
