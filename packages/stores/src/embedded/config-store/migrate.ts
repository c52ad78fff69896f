/** Brings a database to the newest shape: numbered SQL files, each run once in its own transaction, noted in `user_version`. */
import { readdirSync, readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

const folder = new URL("./migrations/", import.meta.url);

/** Throws an Error that can be shown when the file was written by a newer release. */
export function migrate(connection: DatabaseSync): void {
  const migrations = readdirSync(folder).filter((file) => /^\d{4}-.+\.sql$/.test(file)).toSorted();
  const present = versionOf(connection);
  if (present > migrations.length) throw new Error(`the configuration database was written by a newer release (its shape is ${present}, this release knows ${migrations.length})`);
  for (const [index, file] of migrations.entries()) {
    if (index >= present) apply(connection, index + 1, readFileSync(new URL(file, folder), "utf8"));
  }
}

function apply(connection: DatabaseSync, version: number, sql: string): void {
  connection.exec("begin immediate");
  try {
    // Another process may have come first while this one waited for the lock.
    if (versionOf(connection) < version) connection.exec(`${sql}; pragma user_version = ${version}`);
    connection.exec("commit");
  } catch (error) {
    if (connection.isTransaction) connection.exec("rollback");
    throw error;
  }
}

function versionOf(connection: DatabaseSync): number {
  return Number(connection.prepare("pragma user_version").get()?.["user_version"] ?? 0);
}
