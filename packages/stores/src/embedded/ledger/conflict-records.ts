/** Conflicts as they were found, newest first, and how many of which kind. */
import type { StatementSync } from "node:sqlite";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { ConflictCounts, LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";

/** A page ends here, so that it fits one line of the socket however large its records are. */
const maxPageCharacters = 4 * 1024 * 1024;

export class ConflictRecords {
  readonly #context: LedgerContext;
  readonly #get: StatementSync;
  readonly #find: StatementSync;
  readonly #kinds: StatementSync;
  readonly #resources: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#get = database.prepare("SELECT record FROM conflict WHERE id = ?");
    this.#find = database.prepare(
      `SELECT sequence, record FROM conflict WHERE sequence < ?1 AND (?2 IS NULL OR service = ?2) AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR cause = ?4)
       AND (?5 IS NULL OR instr(consumers, ?5) > 0) AND (?6 IS NULL OR resource = ?6) AND (?7 IS NULL OR call = ?7) AND at >= ?8 AND at < ?9 AND (?10 IS NULL OR origin = ?10) ORDER BY sequence DESC LIMIT ?11`,
    );
    const counted = "count(*) AS count, max(at) AS lastAt FROM conflict WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR service = ?3)";
    this.#kinds = database.prepare(`SELECT service, state, cause, origin, ${counted} GROUP BY service, state, cause, origin ORDER BY count DESC`);
    this.#resources = database.prepare(`SELECT service, resource, ${counted} GROUP BY service, resource ORDER BY count DESC, lastAt DESC LIMIT ?4`);
  }

  /** A second record of one id replaces the first: what was found later completes what was known then. */
  put(record: ConflictRecord): void {
    // Retention goes by the services that are known.
    this.#context.services.get(record.service);
    const { id, service, at, state, cause, origin, resource, callId = "", consumers } = record;
    this.#context.log.run("putConflict", id, service, Math.trunc(at), state, cause, origin, resource, callId, `\n${consumers.join("\n")}\n`, JSON.stringify(record));
  }

  get(id: string): ConflictRecord | null {
    const row = this.#get.get(id) as { record: string } | undefined;
    return row ? (JSON.parse(row.record) as ConflictRecord) : null;
  }

  find(query: LedgerInput<"findConflicts">): LedgerOutput<"findConflicts"> {
    const { service, state, cause, consumer = null, resource = null, call = null, origin = null } = query;
    const after = query.after === null ? Number.MAX_SAFE_INTEGER : Number(query.after);
    if (!Number.isSafeInteger(after)) return { items: [], cursors: [], next: null };
    const limit = Math.min(query.limit, 1000);
    const party = consumer === null ? null : `\n${consumer}\n`;
    // Rows have whole milliseconds.
    const [from, to] = [Math.floor(query.from ?? 0), query.to ?? Number.MAX_SAFE_INTEGER];
    const rows = this.#find.all(after, service, state, cause, party, resource, call, from, to, origin, limit + 1) as unknown as { sequence: number; record: string }[];
    let characters = 0;
    const page = rows.slice(0, limit).filter((row, index) => (characters += row.record.length) <= maxPageCharacters || index === 0);
    const cursors = page.map(({ sequence }) => String(sequence));
    return { items: page.map((row) => JSON.parse(row.record) as ConflictRecord), cursors, next: rows.length > page.length ? (cursors.at(-1) ?? null) : null };
  }

  count({ service, from, to, limit }: LedgerInput<"countConflicts">): ConflictCounts {
    return {
      kinds: this.#kinds.all(Math.floor(from), to, service) as unknown as ConflictCounts["kinds"],
      resources: this.#resources.all(Math.floor(from), to, service, Math.min(limit, 100)) as unknown as ConflictCounts["resources"],
    };
  }
}
