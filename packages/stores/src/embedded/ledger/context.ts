/** What all parts of the ledger's engine share: the database, the clock, randomness, and how much is kept. */
import type { DatabaseSync } from "node:sqlite";
import type { Services } from "./services.ts";
import type { WriteLog } from "./log/write-log.ts";

/** All of them for one service, so that one service's traffic pushes out nothing of another's. */
export interface LedgerCaps {
  resources: number;
  /** Views of one resource beyond the first. */
  viewsPerResource: number;
  changes: number;
  baseBytes: number;
  /** A base larger than this is not kept. */
  bytesPerBase: number;
  leases: number;
  idempotencyRecords: number;
  conflicts: number;
  /** Owners of stored responses, of files, and so on, of all consumers together. */
  objectsPerKind: number;
  /** Of all services together, in memory. */
  waiting: number;
}

export const defaultCaps: LedgerCaps = {
  resources: 1_000_000,
  viewsPerResource: 16,
  changes: 100_000,
  baseBytes: 64 * 1024 ** 2,
  bytesPerBase: 1024 ** 2,
  leases: 10_000,
  idempotencyRecords: 100_000,
  conflicts: 10_000,
  objectsPerKind: 200_000,
  waiting: 10_000,
};

export interface LedgerContext {
  database: DatabaseSync;
  /** For what every guarded write changes. */
  log: WriteLog;
  /** Unix milliseconds that never go backwards, so that no lease ends early when the machine's clock is set. */
  now: () => number;
  randomBytes: (count: number) => Buffer;
  caps: LedgerCaps;
  services: Services;
}
