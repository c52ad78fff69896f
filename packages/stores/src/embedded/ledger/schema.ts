/** The ledger's tables. Rows are keyed by 16 bytes of a hash of service and path, so that a path is stored once however many rows speak of it. */
import { DatabaseSync } from "node:sqlite";
import { openConflictTable } from "./conflict-table.ts";
import { budgetTables } from "./budgets/budget-tables.ts";
import { bypassTable } from "./bypasses.ts";
import { completeObjectOwners, objectOwnerTable } from "./object-owners.ts";
import { uniqueValueTable } from "./writes/unique-values.ts";
import { logTable } from "./log/write-log.ts";

const tables = `
CREATE TABLE IF NOT EXISTS service (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  -- Where the counters of a resource start that was forgotten and comes back: never below what was given out.
  revision_floor INTEGER NOT NULL DEFAULT 0, fence_floor INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS resource (
  key BLOB PRIMARY KEY, service INTEGER NOT NULL, path TEXT NOT NULL, revision INTEGER NOT NULL, fence INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL, touched_at INTEGER NOT NULL, seen_revision INTEGER NOT NULL, etag TEXT, digest BLOB,
  -- The view that the three before it are of; those of all others are representations.
  view TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS representation (
  key BLOB NOT NULL, view TEXT NOT NULL, service INTEGER NOT NULL, seen_revision INTEGER NOT NULL, etag TEXT, digest BLOB, PRIMARY KEY (key, view)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL, service INTEGER NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL,
  call TEXT NOT NULL, method TEXT NOT NULL, etag TEXT, digest BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS change_key ON change (key, revision);
CREATE INDEX IF NOT EXISTS change_service ON change (service, id);
CREATE TABLE IF NOT EXISTS base (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL, digest BLOB NOT NULL, service INTEGER NOT NULL, expires_at INTEGER NOT NULL, bytes INTEGER NOT NULL,
  content_type TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (key, digest)
) STRICT;
DROP INDEX IF EXISTS base_service;
DROP INDEX IF EXISTS base_service_bytes;
-- In the order in which they go; with the bytes, whose sum is asked for at each start.
CREATE INDEX IF NOT EXISTS base_service_expiry ON base (service, expires_at, id, bytes);
CREATE TABLE IF NOT EXISTS lease (
  key BLOB PRIMARY KEY, service INTEGER NOT NULL, path TEXT NOT NULL, token TEXT NOT NULL, fence INTEGER NOT NULL, holder TEXT NOT NULL,
  acquired_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, rest_ms INTEGER NOT NULL, broken INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (
  key BLOB PRIMARY KEY, service INTEGER NOT NULL, fingerprint BLOB NOT NULL, state TEXT NOT NULL, write TEXT, expires_at INTEGER NOT NULL, response TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_service ON idempotency (service, expires_at);
CREATE INDEX IF NOT EXISTS idempotency_write ON idempotency (write) WHERE write IS NOT NULL;
CREATE TABLE IF NOT EXISTS write (
  id TEXT PRIMARY KEY, key BLOB NOT NULL, lock_key BLOB NOT NULL, service INTEGER NOT NULL, path TEXT NOT NULL, view TEXT NOT NULL, method TEXT NOT NULL,
  consumer TEXT NOT NULL, call TEXT NOT NULL, fence INTEGER NOT NULL, sent_at INTEGER NOT NULL, rest_ms INTEGER NOT NULL,
  base_etag TEXT, base_digest BLOB, intended BLOB, refetch TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * Each page that a commit writes is two calls of the system and as many again at the checkpoint, whatever is on it: with 8 KiB a guarded pair
 * costs the ledger an eighth less than with 4, and no more among very many resources, where hardly two rows share a page. With 16 these
 * would be written at twice the bytes for nothing. It counts for a database that is new.
 */
const pageBytes = 8_192;
/** A checkpoint waits for the disk, and the same pages are written again and again: the longer the log, the less of either. */
const walBytes = 32 * 1024 ** 2;

/**
 * In WAL mode a commit survives kill -9 as soon as it is written, because the file's pages are the kernel's;
 * `synchronous` decides only about power loss, and is raised for the batches that ask for it. Between
 * two commits the log has what was promised (write-log.ts).
 */
export function openLedgerDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;`);
  const { page_size } = database.prepare("PRAGMA page_size").get() as { page_size: number };
  database.exec(`PRAGMA wal_autocheckpoint = ${Math.floor(walBytes / page_size)};`);
  database.exec(tables + objectOwnerTable + uniqueValueTable + bypassTable + logTable);
  completeObjectOwners(database);
  completeResources(database);
  openConflictTable(database);
  database.exec(budgetTables);
  return database;
}

/** A database of an earlier release. */
function completeResources(database: DatabaseSync): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('resource')").all();
  if (!columns.some(({ name }) => name === "view")) database.exec("ALTER TABLE resource ADD COLUMN view TEXT NOT NULL DEFAULT ''");
}
