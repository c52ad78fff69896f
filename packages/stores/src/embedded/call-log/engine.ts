/** DuckDB as the call log uses it: opened with bounds, one writer in line, readers with a time limit. */
import { chmodSync, existsSync, renameSync } from "node:fs";
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import { CallLogUnavailableError } from "../../ports/call-log.ts";
import { schemaStatements } from "./columns.ts";
import { rollupSchema } from "./rollups.ts";

export interface EngineOptions {
  path: string;
  threads: number;
  memoryLimit: string;
  queryTimeoutMs: number;
  /** Told when a damaged file was set aside. */
  onDamage: (message: string) => void;
}

export interface Engine {
  /** Rows of one question; rejects with `CallLogUnavailableError` past the time limit. */
  read(sql: string, values?: DuckDBValue[]): Promise<Record<string, unknown>[]>;
  /** Runs after every write before it, in one thread: a second one makes taking calls in no faster and costs twice the CPU. */
  write<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const maxReaders = 4;

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const instance = await openInstance(options);
  const writer = await instance.connect();
  for (const statement of [...schemaStatements, ...rollupSchema]) await writer.run(statement);
  chmodSync(options.path, 0o600);
  let lastWrite: Promise<unknown> = Promise.resolve();
  let readers = 0;
  return {
    read: async (sql, values = []) => {
      if (readers >= maxReaders) throw new CallLogUnavailableError(`${maxReaders} questions are being answered already`);
      readers++;
      return readWithin(await instance.connect(), { sql, values, timeoutMs: options.queryTimeoutMs }).finally(() => readers--);
    },
    write: (work) => {
      const result = lastWrite.then(() => inOneThread(writer, options.threads, work));
      lastWrite = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await lastWrite;
      writer.closeSync();
      instance.closeSync();
    },
  };
}

async function inOneThread<Result>(connection: DuckDBConnection, threads: number, work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
  await connection.run("set threads = 1");
  try {
    return await work(connection);
  } finally {
    await connection.run(`set threads = ${threads}`);
  }
}

async function readWithin(connection: DuckDBConnection, question: { sql: string; values: DuckDBValue[]; timeoutMs: number }): Promise<Record<string, unknown>[]> {
  let late = false;
  // Again and again: an interruption between two steps of the engine is forgotten.
  const timer = setInterval(() => {
    late = true;
    connection.interrupt();
  }, question.timeoutMs);
  try {
    return (await connection.runAndReadAll(question.sql, question.values)).getRowObjectsJS();
  } catch (error) {
    throw late ? new CallLogUnavailableError(`the question took longer than ${question.timeoutMs / 1000} s`) : error;
  } finally {
    clearInterval(timer);
    connection.closeSync();
  }
}

async function openInstance(options: EngineOptions): Promise<DuckDBInstance> {
  try {
    return await createInstance(options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!existsSync(options.path) || isPassing(message)) throw error;
    const aside = `${options.path}.damaged-${Date.now()}`;
    renameSync(options.path, aside);
    if (existsSync(`${options.path}.wal`)) renameSync(`${options.path}.wal`, `${aside}.wal`);
    options.onDamage(`the call log could not be read and was set aside as ${aside}; a new one begins (${message})`);
    return createInstance(options);
  }
}

/** Of the machine, not of the file: another process holds it, or there is no permission, memory or space. */
function isPassing(message: string): boolean {
  return /could not set lock|permission denied|out of memory|no space|too many open files/i.test(message);
}

function createInstance(options: EngineOptions): Promise<DuckDBInstance> {
  return DuckDBInstance.create(options.path, {
    threads: String(options.threads),
    memory_limit: options.memoryLimit,
    // Everything needed is built in; nothing is ever fetched.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Sorting and grouping may spill to disk, within a bound.
    max_temp_directory_size: "2GB",
    // What small batches add goes into the table in larger pieces: a row group is compressed anew each time.
    wal_autocheckpoint: "64MB",
  });
}
