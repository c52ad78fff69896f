/** Found writes past the gateway: the last one of each service. */
import type { StatementSync } from "node:sqlite";
import type { LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";

export const bypassTable = `
CREATE TABLE IF NOT EXISTS bypass (service TEXT PRIMARY KEY, path TEXT NOT NULL, found_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Empty where every writer comes through the gateway.
CREATE INDEX IF NOT EXISTS change_bypass ON change (service, key, at) WHERE by = 'bypass';
`;

const retainMs = 30 * 24 * 60 * 60 * 1000;

export class Bypasses {
  readonly #context: LedgerContext;
  readonly #keep: StatementSync;
  readonly #expire: StatementSync;
  readonly #list: StatementSync;
  readonly #forget: StatementSync;
  readonly #resources: StatementSync;

  constructor(context: LedgerContext) {
    const { database } = context;
    this.#context = context;
    this.#keep = database.prepare("INSERT OR REPLACE INTO bypass VALUES (?, ?, ?)");
    this.#expire = database.prepare("DELETE FROM bypass WHERE found_at <= ?");
    this.#list = database.prepare("SELECT service, path, found_at AS foundAt FROM bypass WHERE found_at > ?1 AND (?2 IS NULL OR service = ?2) ORDER BY service");
    this.#resources = database.prepare(
      `SELECT r.path, count(*) AS count, min(c.at) AS firstAt, max(c.at) AS lastAt FROM change c JOIN resource r ON r.key = c.key
       WHERE c.by = 'bypass' AND c.service = ? GROUP BY c.key ORDER BY lastAt DESC, r.path LIMIT ?`,
    );
    this.#forget = database.prepare("DELETE FROM bypass WHERE service = ?1 AND (?2 IS NULL OR found_at = ?2)");
  }

  /** There are as many as services, and those of services that are gone run out. */
  keep({ service, path }: LedgerInput<"keepBypass">): LedgerOutput<"keepBypass"> {
    const now = this.#context.now();
    this.#expire.run(now - retainMs);
    this.#keep.run(service, path, now);
    return { kept: true };
  }

  list({ service }: LedgerInput<"listBypasses">): LedgerOutput<"listBypasses"> {
    return this.#list.all(this.#context.now() - retainMs, service).map((row) => ({ ...row })) as unknown as LedgerOutput<"listBypasses">;
  }

  resources({ service, limit }: LedgerInput<"listBypassed">): LedgerOutput<"listBypassed"> {
    const known = this.#context.services.find(service);
    return known === null || known === undefined ? [] : this.#resources.all(known.id, Math.min(limit, 1000)).map((row) => ({ ...row })) as unknown as LedgerOutput<"listBypassed">;
  }

  forget({ service, foundAt }: LedgerInput<"forgetBypass">): LedgerOutput<"forgetBypass"> {
    return { forgotten: this.#forget.run(service, foundAt ?? null).changes > 0 };
  }
}
