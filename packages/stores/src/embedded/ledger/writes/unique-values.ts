/** Unique values that creates have taken, for as long as they are retained; the oldest go first where they are too many. */
import type { StatementSync } from "node:sqlite";
import type { LedgerInput, LedgerOutput } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { resourceKey } from "../keys.ts";

export const uniqueValueTable = `
CREATE TABLE IF NOT EXISTS unique_value (
  sequence INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, service INTEGER NOT NULL, location TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS unique_value_service ON unique_value (service, sequence);
`;

export class UniqueValues {
  readonly #context: LedgerContext;
  readonly #keep: StatementSync;
  readonly #find: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    this.#keep = context.database.prepare("INSERT OR REPLACE INTO unique_value (key, service, location, expires_at) VALUES (?, ?, ?, ?)");
    this.#find = context.database.prepare("SELECT location FROM unique_value WHERE key = ? AND expires_at > ?");
  }

  keep(input: LedgerInput<"keepUnique">): LedgerOutput<"keepUnique"> {
    const { services, now } = this.#context;
    this.#keep.run(keyOf(input), services.get(input.service).id, input.location, now() + input.retainMs);
    return { kept: true };
  }

  find(input: LedgerInput<"findUnique">): LedgerOutput<"findUnique"> {
    const row = this.#find.get(keyOf(input), this.#context.now()) as unknown as { location: string } | undefined;
    return { location: row?.location ?? null };
  }
}

function keyOf({ service, path, value }: LedgerInput<"findUnique">): Buffer {
  return resourceKey({ service, path: `${path}\0${value}` });
}
