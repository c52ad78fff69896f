/** The audit log: written inside the transaction of what it tells about. */
import type { AuditEntry } from "@parley/contract/api/system";
import type { AuditDraft, AuditQuery, AuditStore } from "../../ports/config-store.ts";
import type { Database, Row } from "./database.ts";

export function auditStore(database: Database): AuditStore {
  return {
    add: async (entries) => database.transaction(() => insertAudit(database, entries)),
    find: async (query) => findAudit(database, query),
    deleteFailedSignInsBefore: async (at) => void database.run("delete from audit where action = 'sign-in-failed' and at < ?", at),
  };
}

/** To be called inside a transaction. */
export function insertAudit(database: Database, entries: AuditDraft[]): void {
  for (const { at, actor, action, kind, name, changes, clientAddress } of entries) {
    database.run(
      "insert into audit (at, actor, action, kind, name, changes, client_address) values (?, ?, ?, ?, ?, ?, ?)",
      at, actor, action, kind, name, JSON.stringify(changes), clientAddress ?? null,
    );
  }
}

function findAudit(database: Database, query: AuditQuery): AuditEntry[] {
  const conditions = ["1 = 1"];
  const values: (string | number)[] = [];
  const add = (condition: string, value: string | number | null | undefined): void => {
    if (value === null || value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  add("id < ?", query.before);
  add("kind = ?", query.kind);
  add("name = ?", query.name);
  add("actor = ?", query.actor);
  return database.rows(`select * from audit where ${conditions.join(" and ")} order by id desc limit ?`, ...values, query.limit).map(entryOf);
}

function entryOf(row: Row): AuditEntry {
  return {
    id: Number(row["id"]),
    at: new Date(Number(row["at"])).toISOString(),
    actor: String(row["actor"]),
    action: row["action"] as AuditEntry["action"],
    kind: String(row["kind"]),
    name: String(row["name"]),
    changes: JSON.parse(String(row["changes"])) as AuditEntry["changes"],
    ...(row["client_address"] === null ? {} : { clientAddress: String(row["client_address"]) }),
  };
}
