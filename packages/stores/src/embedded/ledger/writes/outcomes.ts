/** How sent writes ended: by their caller's word, by the loss of the caller, or by what recovery found. */
import type { FinishWrite, LedgerInput, LedgerOutput } from "../../../ports/ledger.ts";
import type { Changes } from "../resources/changes.ts";
import type { LedgerContext } from "../context.ts";
import type { Idempotency } from "./idempotency.ts";
import type { ResourceRow, Resources } from "../resources/resources.ts";
import type { NewSent, SentWrites } from "./sent-writes.ts";

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

  /** Hot path (benchmark: guard). `open`: what was sent, where it is still in memory. */
  finish(input: FinishWrite, open: { sent: NewSent; keyed: boolean } | null): LedgerOutput<"finishWrite"> {
    const { resources, sentWrites, idempotency } = this.#parts;
    const row = open?.sent ?? sentWrites.find(input.write);
    if (!row) return { kind: "superseded" };
    if (input.outcome === "unknown") {
      this.lost(row.id);
      return { kind: "done", revision: null };
    }
    // Somebody has been let in since (the fence says so, or under one lease the next write), so what this write left behind can only be found out by looking.
    const locked = resources.find(row.lock_key);
    if ((locked?.fence ?? 0) > row.fence || (open === null && sentWrites.isOvertaken(row.id))) return { kind: "superseded" };
    const revision = input.outcome === "applied" ? this.#apply(row, input, row.key === row.lock_key ? locked : null) : null;
    if (open?.keyed !== false) idempotency.done(row.id, input.response);
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
    const isLatest = !sentWrites.isOvertaken(row.id);
    if (input.outcome === "applied" && isLatest) this.#apply(row, input, null);
    if (input.outcome === "not-applied") idempotency.notApplied(row.id);
    if (input.outcome === "diverged" || !isLatest) this.#unsee(row);
    sentWrites.remove(row.id);
    return { resolved: true };
  }

  /** It is neither as it was nor as it was to be, nobody looked, or another write went on its way meanwhile: what was seen must not be trusted as what is there. */
  #unsee({ key }: NewSent): void {
    const { resources } = this.#parts;
    const resource = resources.find(key);
    if (resource !== null) resources.unsee(resource);
  }

  /** `known`: the resource's row, where it has been looked up already. */
  #apply(row: NewSent, after: { etag: string | null; digest: string | null; exists?: boolean }, known: ResourceRow | null): number {
    const { context, resources, changes } = this.#parts;
    const resource = known ?? resources.get(row.key, { service: context.services.byId(row.service).name, path: row.path });
    const revision = resources.advance(resource, row.consumer, { view: row.view, etag: after.etag, digest: after.digest });
    if (after.exists === true) resources.setThere(resource);
    changes.add({ key: row.key, service: row.service, revision, by: row.consumer, callId: row.call, method: row.method, etag: after.etag, digest: after.digest });
    return revision;
  }
}
