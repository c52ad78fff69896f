/** Hot path (benchmark: guard). Resources and their representations: which revision each has, and what was last seen of it. */
import type { StatementSync } from "node:sqlite";
import type { Resource, ResourceState } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";
import { digestBytes, digestText } from "./keys.ts";

export interface ResourceRow {
  key: Uint8Array;
  service: number;
  path: string;
  revision: number;
  fence: number;
  changed_at: number;
  changed_by: string;
  touched_at: number;
  seen_revision: number;
  etag: string | null;
  digest: Uint8Array | null;
}

/** What was last seen through one view, and at which revision. */
export interface Seen {
  seen_revision: number;
  etag: string | null;
  digest: Uint8Array | null;
}

export interface NewSeen {
  revision: number;
  etag: string | null;
  digest: string | null;
}

const unseen = { etag: null, digest: null };

export class Resources {
  readonly #context: LedgerContext;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #advance: StatementSync;
  readonly #change: StatementSync;
  readonly #fence: StatementSync;
  readonly #see: StatementSync;
  readonly #selectView: StatementSync;
  readonly #seeView: StatementSync;
  readonly #addView: StatementSync;
  readonly #countViews: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#select = database.prepare("SELECT * FROM resource WHERE key = ?");
    this.#insert = database.prepare("INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#advance = database.prepare("UPDATE resource SET revision = ?, changed_at = ?, changed_by = ?, touched_at = ? WHERE key = ?");
    this.#fence = database.prepare("UPDATE resource SET fence = ? WHERE key = ?");
    this.#change = database.prepare("UPDATE resource SET revision = ?1, seen_revision = ?1, changed_at = ?2, touched_at = ?2, changed_by = ?3, etag = ?4, digest = ?5 WHERE key = ?6");
    this.#see = database.prepare("UPDATE resource SET seen_revision = ?, etag = ?, digest = ?, touched_at = ? WHERE key = ?");
    this.#selectView = database.prepare("SELECT seen_revision, etag, digest FROM representation WHERE key = ? AND view = ?");
    this.#seeView = database.prepare("UPDATE representation SET seen_revision = ?, etag = ?, digest = ? WHERE key = ? AND view = ?");
    this.#addView = database.prepare("INSERT INTO representation VALUES (?, ?, ?, ?, ?, ?)");
    this.#countViews = database.prepare("SELECT count(*) AS n FROM representation WHERE key = ?");
  }

  find(key: Uint8Array): ResourceRow | null {
    return (this.#select.get(key) as unknown as ResourceRow | undefined) ?? null;
  }

  /** Found, or made known with the service's floors under its counters. */
  get(key: Uint8Array, resource: Resource): ResourceRow {
    return this.find(key) ?? this.add(key, resource, unseen);
  }

  /** One that is not known yet, with what its only view shows. */
  add(key: Uint8Array, resource: Resource, seen: Pick<NewSeen, "etag" | "digest">): ResourceRow {
    const service = this.#context.services.get(resource.service);
    const now = this.#context.now();
    const revision = service.revisionFloor + 1;
    const digest = digestBytes(seen.digest);
    this.#insert.run(key, service.id, resource.path, revision, service.fenceFloor, now, "", now, revision, seen.etag, digest);
    service.resources += 1;
    return {
      key, service: service.id, path: resource.path, revision, fence: service.fenceFloor,
      changed_at: now, changed_by: "", touched_at: now, seen_revision: revision, etag: seen.etag, digest,
    };
  }

  seen(row: ResourceRow, view: string): Seen {
    if (view === "") return row;
    const found = this.#selectView.get(row.key, view) as unknown as Seen | undefined;
    return found ?? { seen_revision: row.revision, etag: null, digest: null };
  }

  /** A resource with too many views is one whose view is as good as random; what comes beyond is not kept. */
  see(row: ResourceRow, view: string, seen: NewSeen): void {
    const digest = digestBytes(seen.digest);
    if (view === "") {
      this.#see.run(seen.revision, seen.etag, digest, this.#context.now(), row.key);
      return;
    }
    if (this.#seeView.run(seen.revision, seen.etag, digest, row.key, view).changes > 0) return;
    const { n } = this.#countViews.get(row.key) as { n: number };
    if (n < this.#context.caps.viewsPerResource) this.#addView.run(row.key, view, row.service, seen.revision, seen.etag, digest);
  }

  /** One more change, and what one view shows since; the new revision. */
  advance(row: ResourceRow, by: string, shows: { view: string; etag: string | null; digest: string | null }): number {
    const now = this.#context.now();
    const revision = row.revision + 1;
    const { view, etag, digest } = shows;
    if (view === "") this.#change.run(revision, now, by, etag, digestBytes(digest), row.key);
    else {
      this.#advance.run(revision, now, by, now, row.key);
      this.see(row, view, { revision, etag, digest });
    }
    return revision;
  }

  setFence(key: Uint8Array, fence: number): void {
    this.#fence.run(fence, key);
  }

  state(row: ResourceRow, view: string): ResourceState {
    const seen = this.seen(row, view);
    // What a view showed before the last change is no statement about now.
    const current = seen.seen_revision === row.revision;
    return {
      revision: row.revision, etag: current ? seen.etag : null, digest: current ? digestText(seen.digest) : null,
      changedAt: row.changed_at, changedBy: row.changed_by, fence: row.fence,
    };
  }
}
