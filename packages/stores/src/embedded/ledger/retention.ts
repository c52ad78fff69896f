/** Keeps the ledger as small as its caps say: what has expired goes, and of what is too much the oldest. Each pass does a bounded amount of work. */
import type { DatabaseSync } from "node:sqlite";
import type { LedgerContext } from "./context.ts";
import { objectKinds } from "./object-owners.ts";
import { hex } from "./writes/sent-writes.ts";
import type { KnownService } from "./services.ts";

const perPass = 2_000;

export interface InUse {
  isUnderWay(resource: string): boolean;
  isHeld(lock: string): boolean;
}

/** True where resources were forgotten. */
export function sweep(context: LedgerContext, inUse: InUse): boolean {
  const { database, caps } = context;
  const now = context.now();
  let forgot = false;
  database.prepare("DELETE FROM lease WHERE expires_at + rest_ms <= ?").run(now);
  for (const kind of objectKinds) trimOldest(database, { table: "object_owner", column: "kind", value: kind, id: "sequence" }, caps.objectsPerKind);
  const expiredBases = database.prepare("DELETE FROM base WHERE id IN (SELECT id FROM base WHERE service = ? AND expires_at <= ? LIMIT ?) RETURNING service, bytes");
  for (const service of context.services.all()) {
    countForgotten(context, expiredBases.all(service.id, now, perPass));
    database.prepare("DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE service = ? AND expires_at <= ? AND write IS NULL LIMIT ?)").run(service.id, now, perPass);
    trimIdempotency(database, service, caps.idempotencyRecords);
    database.prepare("DELETE FROM unique_value WHERE sequence IN (SELECT sequence FROM unique_value WHERE service = ? AND expires_at <= ? LIMIT ?)").run(service.id, now, perPass);
    trimOldest(database, { table: "unique_value", column: "service", value: service.id, id: "sequence" }, caps.changes);
    trimOldest(database, { table: "change", column: "service", value: service.id, id: "id" }, caps.changes);
    trimOldest(database, { table: "conflict", column: "service", value: service.name, id: "sequence" }, caps.conflicts);
    forgot = trimResources(context, service, inUse) || forgot;
  }
  return forgot;
}

function trimOldest(database: DatabaseSync, what: { table: string; column: string; value: number | string; id: string }, cap: number): void {
  const { table, column, value, id } = what;
  const newestToGo = database.prepare(`SELECT ${id} AS id FROM ${table} WHERE ${column} = ? ORDER BY ${id} DESC LIMIT 1 OFFSET ?`).get(value, cap) as { id: number } | undefined;
  if (newestToGo) database.prepare(`DELETE FROM ${table} WHERE ${id} IN (SELECT ${id} FROM ${table} WHERE ${column} = ? AND ${id} <= ? ORDER BY ${id} LIMIT ?)`).run(value, newestToGo.id, perPass);
}

/** Those that expire first go first; one that is under way stays. */
function trimIdempotency(database: DatabaseSync, service: KnownService, cap: number): void {
  const { n } = database.prepare("SELECT count(*) AS n FROM idempotency WHERE service = ?").get(service.id) as { n: number };
  if (n <= cap) return;
  database.prepare("DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE service = ? AND write IS NULL ORDER BY expires_at LIMIT ?)").run(service.id, Math.min(n - cap, perPass));
}

/** What is left is counted in memory. */
function countForgotten({ services }: LedgerContext, bases: readonly object[]): void {
  for (const { service, bytes } of bases as readonly { service: number; bytes: number }[]) services.byId(service).baseBytes -= bytes;
}

/**
 * Keys are hashes, so those behind a random one are a random sample; the half of it that was not touched for longest goes. Near enough to
 * the oldest of all, without an index that would cost as much as the resources themselves.
 */
function trimResources(context: LedgerContext, service: KnownService, inUse: InUse): boolean {
  const excess = service.resources - context.caps.resources;
  if (excess <= 0) return false;
  const { database } = context;
  const sample = database
    .prepare("SELECT key, revision, fence, touched_at FROM resource WHERE service = ? AND key >= ? AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.key = resource.key) LIMIT ?")
    .all(service.id, context.randomBytes(1), Math.min(excess * 2, perPass)) as unknown as { key: Uint8Array; revision: number; fence: number; touched_at: number }[];
  const removable = sample.filter((row) => !inUse.isUnderWay(hex(row.key)) && !inUse.isHeld(hex(row.key))).toSorted((left, right) => left.touched_at - right.touched_at);
  const remove = ["resource", "representation", "change"].map((table) => database.prepare(`DELETE FROM ${table} WHERE key = ?`));
  const removeBases = database.prepare("DELETE FROM base WHERE key = ? RETURNING service, bytes");
  for (const row of removable.slice(0, Math.min(excess, Math.ceil(removable.length / 2)))) {
    context.services.raiseFloors(service, row.revision, row.fence);
    for (const statement of remove) statement.run(row.key);
    countForgotten(context, removeBases.all(row.key));
    service.resources -= 1;
  }
  return true;
}
