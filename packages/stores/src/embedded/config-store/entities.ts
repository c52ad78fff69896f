/** Configured entities: optimistic commits, each with a tag for the configuration as a whole. */
import { randomBytes } from "node:crypto";
import type { EntityCommit, EntityCommitOutcome, EntityStore, Json, StoredEntity } from "../../ports/config-store.ts";
import { insertAudit } from "./audit.ts";
import type { Database, Row } from "./database.ts";

/** As the first migration writes it. */
const firstTag = "0-begin";

export function entityStore(database: Database): EntityStore {
  return {
    read: async () =>
      database.transaction(() => {
        const tag = currentTag(database);
        return { tag, entities: database.rows("select * from entities").map(entityOf), untouched: tag === firstTag };
      }),
    tag: async () => currentTag(database),
    commit: async (commit) => database.transaction(() => commitEntities(database, commit)),
  };
}

function commitEntities(database: Database, commit: EntityCommit): EntityCommitOutcome {
  if (currentTag(database) !== commit.base) return { stale: true };
  const tag = nextTag(database);
  const written: StoredEntity[] = [];
  for (const { kind, name, spec } of commit.writes) {
    if (spec === null) {
      database.run("delete from entities where kind = ? and name = ?", kind, name);
      continue;
    }
    const entity = { kind, name, spec, tag, updatedAt: commit.at, updatedBy: commit.actor };
    database.run(
      "insert or replace into entities (kind, name, spec, tag, updated_at, updated_by) values (?, ?, ?, ?, ?, ?)",
      kind, name, JSON.stringify(spec), tag, commit.at, commit.actor,
    );
    written.push(entity);
  }
  database.run("update state set value = ? where name = 'configuration-tag'", tag);
  insertAudit(database, commit.audit);
  return { stale: false, tag, written };
}

/**
 * Counts up, and ends in chance: a database that was restored from a backup would otherwise give a tag out again that
 * somebody still holds for another state.
 */
export function nextTag(database: Database): string {
  database.run("update state set value = cast(cast(value as integer) + 1 as text) where name = 'revision'");
  const revision = String(database.row("select value from state where name = 'revision'")?.["value"]);
  return `${revision}-${randomBytes(6).toString("base64url")}`;
}

function currentTag(database: Database): string {
  return String(database.row("select value from state where name = 'configuration-tag'")?.["value"]);
}

function entityOf(row: Row): StoredEntity {
  return {
    kind: String(row["kind"]),
    name: String(row["name"]),
    spec: JSON.parse(String(row["spec"])) as Json,
    tag: String(row["tag"]),
    updatedAt: Number(row["updated_at"]),
    updatedBy: String(row["updated_by"]),
  };
}
