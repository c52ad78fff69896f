/** Whose the objects are that providers keep, the oldest of a kind going first where they are too many. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
import type { ObjectKind, ObjectOwner } from "../../ports/object-owners.ts";

export const objectOwnerTable = `
CREATE TABLE IF NOT EXISTS object_owner (
  sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, provider TEXT NOT NULL, consumer TEXT, key_name TEXT, place TEXT, bill TEXT, UNIQUE (kind, id)
) STRICT;
CREATE INDEX IF NOT EXISTS object_owner_kind ON object_owner (kind, sequence);
`;

export const objectKinds: readonly ObjectKind[] = ["response", "conversation", "file", "upload", "batch", "message-batch", "anthropic-file", "cached-content", "gemini-file", "gemini-upload", "gemini-batch", "vector-store"];

const laterColumns = ["key_name", "place", "bill"];

/** A ledger of an earlier version has none of these yet. */
export function completeObjectOwners(database: DatabaseSync): void {
  const present = new Set(database.prepare("PRAGMA table_info(object_owner)").all().map(({ name }) => name));
  for (const column of laterColumns) if (!present.has(column)) database.exec(`ALTER TABLE object_owner ADD COLUMN ${column} TEXT`);
}

interface Row {
  provider: string;
  consumer: string | null;
  key_name: string | null;
  place: string | null;
  bill: string | null;
}

export class ObjectOwners {
  readonly #keep: StatementSync;
  readonly #find: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#keep = database.prepare("INSERT OR REPLACE INTO object_owner (kind, id, provider, consumer, key_name, place, bill) VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#find = database.prepare("SELECT provider, consumer, key_name, place, bill FROM object_owner WHERE kind = ? AND id = ?");
    this.#forget = database.prepare("DELETE FROM object_owner WHERE kind = ? AND id = ?");
  }

  keep({ kind, id, provider, consumer, key, place, bill }: LedgerInput<"keepOwner">): LedgerOutput<"keepOwner"> {
    this.#keep.run(kind, id, provider, consumer, key ?? null, place ?? null, bill ?? null);
    return { kept: true };
  }

  find({ kind, ids }: LedgerInput<"findOwners">): LedgerOutput<"findOwners"> {
    return ids.map((id) => {
      const row = this.#find.get(kind, id) as unknown as Row | undefined;
      return row ? ownerOf(row) : null;
    });
  }

  forget({ kind, id }: LedgerInput<"forgetOwner">): LedgerOutput<"forgetOwner"> {
    return { forgotten: this.#forget.run(kind, id).changes > 0 };
  }
}

function ownerOf({ provider, consumer, key_name: key, place, bill }: Row): ObjectOwner {
  return { provider, consumer, ...(key !== null && { key }), ...(place !== null && { place }), ...(bill !== null && { bill }) };
}
