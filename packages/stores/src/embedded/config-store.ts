/**
 * The configuration store in one SQLite file: write-ahead log, foreign keys, numbered SQL migrations, mode 0600.
 * Prepared statements rather than a query builder: every statement is fixed, and synchronous transactions cannot
 * interleave within a process. `node:sqlite` blocks its thread, which the control plane can bear and the gateway never meets.
 * May import: the port, the contract, node:sqlite.
 */
import type { ConfigStore } from "../ports/config-store.ts";
import { alertStore } from "./config-store/alerts.ts";
import { auditStore } from "./config-store/audit.ts";
import { openDatabase } from "./config-store/database.ts";
import { entityStore } from "./config-store/entities.ts";
import { linkStore } from "./config-store/links.ts";
import { peopleStore } from "./config-store/people.ts";
import { searchStore } from "./config-store/searches.ts";
import { sessionStore } from "./config-store/sessions.ts";

/** Throws an Error that can be shown when the file cannot be opened or was written by a newer release. */
export function openEmbeddedConfigStore(path: string): ConfigStore {
  const database = openDatabase(path);
  return {
    engine: "SQLite",
    entities: entityStore(database),
    people: peopleStore(database),
    sessions: sessionStore(database),
    links: linkStore(database),
    audit: auditStore(database),
    alerts: alertStore(database),
    searches: searchStore(database),
    nextSnapshotVersion: async (above) =>
      database.transaction(() => {
        const next = Math.max(Number(database.row("select value from state where name = 'snapshot-version'")?.["value"]), above) + 1;
        database.run("update state set value = ? where name = 'snapshot-version'", String(next));
        return next;
      }),
    check: async () => {
      database.requireFile();
      database.row("select 1 from state limit 1");
    },
    close: async () => database.close(),
  };
}
