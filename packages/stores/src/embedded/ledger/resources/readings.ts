/** Hot path (benchmark: guard). What reads saw: the tag's revision, and changes that came past the gateway. */
import type { LedgerInput, LedgerOutput } from "../../../ports/ledger.ts";
import type { Bases } from "./bases.ts";
import type { Changes } from "./changes.ts";
import { resourceKey } from "../keys.ts";
import type { ResourceRow, Resources, Seen } from "./resources.ts";
import { hex } from "../writes/sent-writes.ts";
import type { Services } from "../services.ts";

type Noted = LedgerOutput<"noteState">;
type Reading = LedgerInput<"noteState">;

export interface ReadingParts {
  services: Services;
  resources: Resources;
  changes: Changes;
  bases: Bases;
  /** Whether a write is with the upstream, or lost there, and the resource may be either of two things. */
  isUnderWay(resource: string): boolean;
}

export class Readings {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  note(reading: Reading): Noted {
    const { bases, services } = this.#parts;
    const { base, digest } = reading;
    const key = resourceKey(reading);
    const noted = this.#note(key, reading);
    if (base !== undefined && digest !== null) bases.keepLater(key, services.get(reading.service), { contentType: base.contentType, body: base.body, retainMs: base.retainMs, digest });
    return noted;
  }

  #note(key: Buffer, reading: Reading): Noted {
    const { resources, changes } = this.#parts;
    const known = resources.find(key);
    if (known === null && !this.#parts.isUnderWay(hex(key))) return this.#first(key, reading);
    const row = known ?? resources.get(key, reading);
    const seen = resources.seen(row, reading.view);
    if (seen.seen_revision === row.revision && sameState(seen, reading)) return { revision: row.revision, fence: row.fence, bypass: false, conclusive: true };
    const overlapped = this.#parts.isUnderWay(hex(key)) || (known !== null && row.changed_by !== "" && row.changed_at >= reading.startedAt);
    if (overlapped) return { revision: row.revision, fence: row.fence, bypass: false, conclusive: false };
    if (seen.seen_revision !== row.revision || !areComparable(seen, reading)) {
      const state = { revision: row.revision, etag: reading.etag, digest: reading.digest };
      resources.see(row, reading.view, state);
      if (known !== null && row.changed_by !== "") changes.complete(key, state);
      return { revision: row.revision, fence: row.fence, bypass: false, conclusive: true };
    }
    return this.#bypass(row, reading);
  }

  /** Hot path (benchmark: guard). Nobody has read or written it before. */
  #first(key: Buffer, reading: Reading): Noted {
    const { resources } = this.#parts;
    const row = resources.add(key, reading, reading);
    return { revision: row.revision, fence: row.fence, bypass: false, conclusive: true };
  }

  /** The same view shows something else at the same revision: somebody wrote past the gateway. */
  #bypass(row: ResourceRow, reading: Reading): Noted {
    const { resources, changes } = this.#parts;
    const { etag, digest } = reading;
    const revision = resources.advance(row, "bypass", reading);
    changes.add({ key: row.key, service: row.service, revision, by: "bypass", callId: "", method: "", etag, digest });
    return { revision, fence: row.fence, bypass: true, conclusive: true };
  }
}

/**
 * Nothing was seen yet, or one was named by the upstream's tag and the other by its bytes alone, as where an upstream's tags are
 * weak at times: then no difference follows, and nobody is accused of a write.
 */
function areComparable(seen: Seen, reading: Reading): boolean {
  if (seen.etag === null && seen.digest === null) return false;
  return seen.digest === null || reading.digest === null || (seen.etag === null) === (reading.etag === null);
}

/** Digests decide where both are known: a tag may change without the bytes. */
function sameState(seen: Seen, reading: Reading): boolean {
  if (seen.digest !== null && reading.digest !== null) return seen.digest === reading.digest;
  return seen.etag !== null && seen.etag === reading.etag;
}
