/** Conflicts as they were found, newest first. */
import type { StatementSync } from "node:sqlite";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";

export class ConflictRecords {
  readonly #context: LedgerContext;
  readonly #insert: StatementSync;
  readonly #get: StatementSync;
  readonly #find: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#insert = database.prepare(
      `INSERT INTO conflict (id, service, at, state, cause, record) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, cause = excluded.cause, record = excluded.record`,
    );
    this.#get = database.prepare("SELECT record FROM conflict WHERE id = ?");
    this.#find = database.prepare(
      "SELECT sequence, record FROM conflict WHERE sequence < ?1 AND (?2 IS NULL OR service = ?2) AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR cause = ?4) ORDER BY sequence DESC LIMIT ?5",
    );
  }

  /** A second record of one id replaces the first: what was found later completes what was known then. */
  put(record: ConflictRecord): void {
    // Retention goes by the services that are known.
    this.#context.services.get(record.service);
    this.#insert.run(record.id, record.service, Math.trunc(record.at), record.state, record.cause, JSON.stringify(record));
  }

  get(id: string): ConflictRecord | null {
    const row = this.#get.get(id) as { record: string } | undefined;
    return row ? (JSON.parse(row.record) as ConflictRecord) : null;
  }

  find(query: LedgerInput<"findConflicts">): LedgerOutput<"findConflicts"> {
    const limit = Math.min(query.limit, 1000);
    const after = query.after === null ? Number.MAX_SAFE_INTEGER : Number(query.after);
    if (!Number.isSafeInteger(after)) return { items: [], next: null };
    const rows = this.#find.all(after, query.service, query.state, query.cause, limit + 1) as unknown as { sequence: number; record: string }[];
    const page = rows.slice(0, limit);
    return { items: page.map((row) => JSON.parse(row.record) as ConflictRecord), next: rows.length > limit ? String(page.at(-1)?.sequence) : null };
  }
}
