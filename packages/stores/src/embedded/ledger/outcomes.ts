/** How sent writes ended: by their caller's word, by the loss of the caller, or by what recovery found. */
import type { FinishWrite, LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
import type { Changes } from "./changes.ts";
import type { LedgerContext } from "./context.ts";
import type { Idempotency } from "./idempotency.ts";
import type { Resources } from "./resources.ts";
import type { SentRow, SentWrites } from "./sent-writes.ts";

export interface OutcomeParts {
  context: LedgerContext;
  resources: Resources;
  changes: Changes;
  idempotency: Idempotency;
  sentWrites: SentWrites;
}

export class Outcomes {
  readonly #parts: OutcomeParts;

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  finish(input: FinishWrite): LedgerOutput<"finishWrite"> {
    const { resources, sentWrites, idempotency } = this.#parts;
    const row = sentWrites.find(input.write);
    if (!row) return { kind: "superseded" };
    if (input.outcome === "unknown") {
      this.lost(row.id);
      return { kind: "done", revision: null };
    }
    // The fence: somebody has been let in since, so what this write left behind can only be found out by looking.
    if ((resources.find(row.lock_key)?.fence ?? 0) > row.fence) return { kind: "superseded" };
    const revision = input.outcome === "applied" ? this.#apply(row, input) : null;
    idempotency.done(row.id, input.response);
    sentWrites.remove(row.id);
    return { kind: "done", revision };
  }

  lost(write: string): void {
    const row = this.#parts.sentWrites.find(write);
    if (!row) return;
    this.#parts.sentWrites.orphan(row);
    this.#parts.idempotency.unknown(write);
  }

  resolve(input: LedgerInput<"resolveWrite">): LedgerOutput<"resolveWrite"> {
    const { sentWrites, idempotency } = this.#parts;
    const row = sentWrites.find(input.write);
    if (!row) return { resolved: false };
    if (input.outcome === "applied") this.#apply(row, input);
    if (input.outcome === "not-applied") idempotency.notApplied(row.id);
    sentWrites.remove(row.id);
    return { resolved: true };
  }

  #apply(row: SentRow, after: { etag: string | null; digest: string | null }): number {
    const { context, resources, changes } = this.#parts;
    const resource = resources.get(row.key, { service: context.services.byId(row.service).name, path: row.path });
    const revision = resources.advance(resource, row.consumer);
    resources.see(resource, row.view, { revision, etag: after.etag, digest: after.digest });
    changes.add({ key: row.key, service: row.service, revision, by: row.consumer, callId: row.call, method: row.method, etag: after.etag, digest: after.digest });
    return revision;
  }
}
