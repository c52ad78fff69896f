/** Whose the objects are that providers keep, the oldest of a kind going first where they are too many. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
import type { ObjectKind, ObjectOwner } from "../../ports/object-owners.ts";

export const objectOwnerTable = `
CREATE TABLE IF NOT EXISTS object_owner (
  sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, provider TEXT NOT NULL, consumer TEXT, UNIQUE (kind, id)
) STRICT;
CREATE INDEX IF NOT EXISTS object_owner_kind ON object_owner (kind, sequence);
`;

export const objectKinds: readonly ObjectKind[] = ["response", "conversation", "file", "upload", "batch", "message-batch", "anthropic-file", "cached-content"];

export class ObjectOwners {
  readonly #keep: StatementSync;
  readonly #find: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#keep = database.prepare("INSERT OR REPLACE INTO object_owner (kind, id, provider, consumer) VALUES (?, ?, ?, ?)");
    this.#find = database.prepare("SELECT provider, consumer FROM object_owner WHERE kind = ? AND id = ?");
    this.#forget = database.prepare("DELETE FROM object_owner WHERE kind = ? AND id = ?");
  }

  keep({ kind, id, provider, consumer }: LedgerInput<"keepOwner">): LedgerOutput<"keepOwner"> {
    this.#keep.run(kind, id, provider, consumer);
    return { kept: true };
  }

  find({ kind, ids }: LedgerInput<"findOwners">): LedgerOutput<"findOwners"> {
    return ids.map((id) => {
      const row = this.#find.get(kind, id) as unknown as ObjectOwner | undefined;
      return row ? { provider: row.provider, consumer: row.consumer } : null;
    });
  }

  forget({ kind, id }: LedgerInput<"forgetOwner">): LedgerOutput<"forgetOwner"> {
    return { forgotten: this.#forget.run(kind, id).changes > 0 };
  }
}
