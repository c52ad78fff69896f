/** DuckDB as the call log uses it: opened with bounds, one writer in line, readers with a time limit. */
import { chmodSync, existsSync, renameSync } from "node:fs";
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import { CallLogUnavailableError } from "../../ports/call-log.ts";
import { schemaStatements } from "./columns.ts";
import { KeptFiles } from "../kept-files.ts";
import { EngineThreads } from "./engine-threads.ts";
import { Readers } from "./readers.ts";
import { rollupSchema } from "./rollups.ts";
import { WriteAheadLog } from "./write-ahead-log.ts";

export interface EngineOptions {
  path: string;
  threads: number;
  memoryLimit: string;
  queryTimeoutMs: number;
  /** Told when a damaged file was set aside. */
  onDamage: (message: string) => void;
}

export interface Engine {
  /** Rows of one question; rejects with `CallLogUnavailableError` past the time limit, and when `signal` says that nobody waits any more. */
  read(sql: string, values?: DuckDBValue[], signal?: AbortSignal): Promise<Record<string, unknown>[]>;
  /** A connection of one's own, for an answer that is read piece by piece: one of the few readers until it is given back. */
  borrow(signal?: AbortSignal): Promise<{ connection: DuckDBConnection; giveBack: () => void }>;
  /** What is wrong with its file; null while it takes what is written. */
  readonly trouble: string | null;
  /** Runs after every write before it, in one thread; rejects with `CallLogUnavailableError` where the file was removed or replaced. */
  write<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const maxReaders = 6;
/** Several people with a page of ten questions each. */
const maxWaiting = 60;
/** How soon a question that is late, or that nobody waits for, is given up. */
const lookEveryMs = 50;

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const instance = await openInstance(options);
  const writer = await connectTo(instance);
  for (const statement of [...schemaStatements, ...rollupSchema]) await writer.run(statement);
  chmodSync(options.path, 0o600);
  const files = new KeptFiles([options.path]);
  const log = new WriteAheadLog(`${options.path}.wal`);
  let lastWrite: Promise<unknown> = Promise.resolve();
  const threads = new EngineThreads(await connectTo(instance), { most: options.threads });
  const readers = new Readers({ atOnce: maxReaders, inLine: maxWaiting, waitAtMostMs: options.queryTimeoutMs });
  const borrow: Engine["borrow"] = async (signal) => {
    using held = new DisposableStack();
    held.defer(await readers.take(signal));
    held.defer(await threads.forQuestion());
    const connection = await connectTo(instance);
    held.defer(() => connection.closeSync());
    const kept = held.move();
    return { connection, giveBack: () => kept.dispose() };
  };
  return {
    read: async (sql, values = [], signal) => {
      const { connection, giveBack } = await borrow(signal);
      return readWithin(connection, { sql, values, timeoutMs: options.queryTimeoutMs, signal }).finally(giveBack);
    },
    borrow,
    get trouble() {
      return files.trouble;
    },
    write: (work) => {
      const result = lastWrite.then(async () => {
        const { trouble } = files;
        if (trouble !== null) throw new CallLogUnavailableError(trouble);
        await log.keep(writer);
        return threads.forWrite(() => work(writer)).finally(() => log.note());
      });
      lastWrite = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await lastWrite;
      await threads.close();
      writer.closeSync();
      instance.closeSync();
    },
  };
}

interface Question {
  sql: string;
  values: DuckDBValue[];
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

async function readWithin(connection: DuckDBConnection, { sql, values, timeoutMs, signal }: Question): Promise<Record<string, unknown>[]> {
  let late: string | null = null;
  const stop = (why: string): void => {
    late ??= why;
    connection.interrupt();
  };
  const until = performance.now() + timeoutMs;
  // Again and again: an interruption between two steps of the engine is forgotten.
  const timer = setInterval(() => {
    if (signal?.aborted) stop("nobody waits for the answer any more");
    else if (performance.now() >= until) stop(`the question took longer than ${timeoutMs / 1000} s; a shorter time or a narrower query is answered sooner`);
  }, Math.min(timeoutMs, lookEveryMs));
  try {
    return (await connection.runAndReadAll(sql, values)).getRowObjectsJS();
  } catch (error) {
    throw late === null ? error : new CallLogUnavailableError(late);
  } finally {
    clearInterval(timer);
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

/**
 * Rows that are compressed together. A batch of calls that fills several goes into the file compressed once, past the
 * write-ahead log; with the engine's own 122,880 nearly every batch is smaller and is written, and compressed, two times.
 */
const rowGroup = 30_720;
/** Its dictionaries cost a third less CPU than those of the format that the engine still writes by itself. */
const storageVersion = "v1.5.0";

async function createInstance(options: EngineOptions): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads),
    memory_limit: options.memoryLimit,
    // Everything needed is built in; nothing is ever fetched.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Sorting and grouping may spill to disk, within a bound.
    temp_directory: `${options.path}.tmp`,
    max_temp_directory_size: "2GB",
    // A page reads the wide rest of its few rows only, not that of every call that it is chosen from.
    late_materialization_max_rows: "1100",
    // What small batches add goes into the table in larger pieces, as a row group is compressed anew each time, and stays in memory
    // until then: up to 80 MiB. With 64MB it is 180 at the same CPU, with 16MB it is 46 at a third more.
    wal_autocheckpoint: "32MB",
    // A row group is compressed once it is full and while the processor's caches have it; the engine's own five are 150 MB at once.
    write_buffer_row_group_count: "1",
  });
  try {
    const connection = await instance.connect();
    await connection.run(`attach '${options.path.replaceAll("'", "''")}' as log (row_group_size ${rowGroup}, storage_version '${storageVersion}')`).finally(() => connection.closeSync());
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function connectTo(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("use log");
  return connection;
}
