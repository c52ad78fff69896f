/** The table of conflicts, and how an earlier one, which had more of it in the record alone, becomes it. */
import type { DatabaseSync } from "node:sqlite";

export const conflictTable = `
CREATE TABLE IF NOT EXISTS conflict (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, service TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, cause TEXT NOT NULL, origin TEXT NOT NULL,
  -- Consumers stand each in a line of its own, with an empty one before and after.
  resource TEXT NOT NULL, call TEXT NOT NULL, consumers TEXT NOT NULL, record TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conflict_service ON conflict (service, sequence);
CREATE INDEX IF NOT EXISTS conflict_call ON conflict (call);
CREATE INDEX IF NOT EXISTS conflict_at ON conflict (at);
`;

const takeOver = `
INSERT INTO conflict SELECT sequence, id, service, at, state, cause, coalesce(record ->> '$.origin', 'gateway'), record ->> '$.resource', coalesce(record ->> '$.callId', ''),
  char(10) || coalesce((SELECT group_concat(value, char(10)) FROM json_each(record, '$.consumers')), '') || char(10), record FROM conflict_before;
DROP TABLE conflict_before;
`;

/** To be called before the other tables are looked at; in one transaction, so that a kill in between leaves the earlier one. */
export function openConflictTable(database: DatabaseSync): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('conflict')").all() as { name: string }[];
  const isEarlier = columns.length > 0 && !columns.some(({ name }) => name === "origin");
  if (isEarlier) database.exec(`BEGIN; ALTER TABLE conflict RENAME TO conflict_before; DROP INDEX IF EXISTS conflict_service; DROP INDEX IF EXISTS conflict_call; DROP INDEX IF EXISTS conflict_at; ${conflictTable} ${takeOver} COMMIT;`);
  else database.exec(conflictTable);
}
