/**
 * The lock on the data directory. It is the kernel's (SQLite's lock on an empty database file), so that it ends with the
 * process however that ends: there is no stale lock, and no process id to guess by.
 */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "./start-error.ts";

export interface DataLock {
  release(): void;
}

/** `holder` describes who has it, when somebody does. */
export function lockData(path: string, holder: () => string): DataLock {
  const database = openDatabase(path);
  try {
    // Nothing is ever written: the file stays empty, and there is no journal on disk.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new StartError("data-locked", holder());
    throw unusable(path, error);
  }
  return { release: () => database.close() };
}

function openDatabase(path: string): DatabaseSync {
  try {
    closeSync(openSync(path, "a", 0o600));
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unusable(path, error);
  }
}

/** SQLITE_BUSY: another process holds the lock. */
function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === 5;
}

function unusable(path: string, error: unknown): StartError {
  return new StartError("data-unusable", `the lock ${path} cannot be taken: ${(error as Error).message}`);
}
