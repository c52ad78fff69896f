/** Who changed what and when. The oldest go first when there are too many. */
import type { StatementSync } from "node:sqlite";
import type { Change } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { digestBytes, digestText } from "../keys.ts";
import type { NewSeen, ResourceRow } from "./resources.ts";

export interface NewChange {
  key: Uint8Array;
  service: number;
  revision: number;
  by: string;
  callId: string;
  method: string;
  etag: string | null;
  digest: string | null;
}

interface ChangeRow {
  revision: number;
  at: number;
  by: string;
  call: string;
  method: string;
  etag: string | null;
  digest: Uint8Array | null;
  kept: number;
}

export class Changes {
  readonly #context: LedgerContext;
  readonly #has: StatementSync;
  readonly #list: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#list = database.prepare(
      `SELECT revision, at, by, call, method, etag, digest, EXISTS (SELECT 1 FROM base b WHERE b.key = c.key AND b.digest = c.digest) AS kept
       FROM change c WHERE key = ? AND revision > ? AND revision < ? ORDER BY revision DESC LIMIT ?`,
    );
    this.#has = database.prepare("SELECT 1 FROM change WHERE key = ? AND revision = ?");
  }

  add(change: NewChange): void {
    const { key, service, revision, by, callId, method, etag, digest } = change;
    this.#context.log.run("addChange", key, service, revision, this.#context.now(), by, callId, method, etag, digestBytes(digest));
  }

  /** Hot path (benchmark: guard). What a write left behind is often seen by the next read only. */
  complete(key: Uint8Array, seen: NewSeen): void {
    this.#context.log.run("completeChange", digestBytes(seen.digest), seen.etag, key, seen.revision);
  }

  /** As `complete`; and a revision that no write made, being the first that was ever seen, gets its line in the history. */
  tell(row: ResourceRow, seen: NewSeen): void {
    this.complete(row.key, seen);
    if (seen.revision > row.revision || this.#has.get(row.key, seen.revision)) return;
    this.#context.log.run("addChange", row.key, row.service, seen.revision, row.changed_at, row.revision === seen.revision ? row.changed_by : "", "", "", seen.etag, digestBytes(seen.digest));
  }

  /** Newest first. `isWaiting`: whether the body of a digest is kept, though no table has it yet. */
  list(key: Uint8Array, page: { after: number; before?: number; limit: number }, isWaiting: (digest: string | null) => boolean): Change[] {
    const rows = this.#list.all(key, page.after, page.before ?? Number.MAX_SAFE_INTEGER, Math.min(page.limit, 1000)) as unknown as ChangeRow[];
    return rows.map(({ call, digest: bytes, kept, ...row }) => {
      const digest = digestText(bytes);
      return { ...row, callId: call, digest, kept: kept === 1 || isWaiting(digest) };
    });
  }
}
