/**
 * Hot path (benchmark: guard). Resources and their representations: which revision each has, and what was last seen of it. A row
 * that is asked for stays in memory for a while, and one that changes is in the log at once and in its table with the next commit.
 */
import type { StatementSync } from "node:sqlite";
import type { Resource, ResourceState } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { digestBytes, digestText } from "../keys.ts";
import { hex } from "../writes/sent-writes.ts";

/** Digests are text in memory: sixteen bytes would each hold on to a pool of eight thousand. */
export interface ResourceRow {
  key: Uint8Array;
  /** The key as text. */
  name: string;
  service: number;
  path: string;
  revision: number;
  fence: number;
  changed_at: number;
  changed_by: string;
  touched_at: number;
  seen_revision: number;
  etag: string | null;
  digest: string | null;
  /** Through which `seen_revision`, `etag` and `digest` were seen: the one that came first, and nearly always the only one. */
  view: string;
}

/** What was last seen through one view, and at which revision. */
export interface Seen {
  seen_revision: number;
  etag: string | null;
  digest: string | null;
}

export interface NewSeen {
  revision: number;
  etag: string | null;
  digest: string | null;
}

/** The row as it is now, whoever else holds it. */
interface Kept {
  row: ResourceRow;
  /** By view; null where they have not been asked for, or there are none. */
  views: Map<string, Seen> | null;
  /** Made known just now: no table has a view of it. */
  isNew: boolean;
  isChanged: boolean;
  /** Those of the views that the table does not have as they are. */
  changedViews: Set<string> | null;
  /** The revision at which somebody said that it is there; 0 where nobody has. */
  thereAt: number;
}

/** As the tables have it. */
type Stored<Row> = Omit<Row, "digest" | "name"> & { digest: Uint8Array | null };

const unseen = { view: "", etag: null, digest: null };
/** Beyond it those go that came first and have not changed since the last commit. */
const maxKept = 4_096;

export class Resources {
  readonly #context: LedgerContext;
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new Set<Kept>();
  readonly #select: StatementSync;
  readonly #selectViews: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#select = database.prepare("SELECT * FROM resource WHERE key = ?");
    this.#selectViews = database.prepare("SELECT view, seen_revision, etag, digest FROM representation WHERE key = ?");
  }

  find(key: Uint8Array): Readonly<ResourceRow> | null {
    return this.#find(key)?.row ?? null;
  }

  /** Found, or made known with the service's floors under its counters. */
  get(key: Uint8Array, resource: Resource): Readonly<ResourceRow> {
    return this.find(key) ?? this.add(key, resource, unseen);
  }

  /** One that is not known yet, with what its first view shows. */
  add(key: Uint8Array, resource: Resource, seen: { view: string; etag: string | null; digest: string | null }): Readonly<ResourceRow> {
    const service = this.#context.services.get(resource.service);
    const now = this.#context.now();
    const revision = service.revisionFloor + 1;
    const row: ResourceRow = {
      key, name: hex(key), service: service.id, path: resource.path, revision, fence: service.fenceFloor,
      changed_at: now, changed_by: "", touched_at: now, seen_revision: revision, etag: seen.etag, digest: seen.digest, view: seen.view,
    };
    const kept: Kept = { row, views: null, isNew: true, isChanged: true, changedViews: null, thereAt: 0 };
    this.#kept.set(row.name, kept);
    this.#changed.add(kept);
    this.#context.log.record("putResource", ...columns(row));
    service.resources += 1;
    return row;
  }

  seen(row: Readonly<ResourceRow>, view: string): Seen {
    if (view === row.view) return row;
    return this.#viewsOf(this.#keptOf(row)).get(view) ?? { seen_revision: row.revision, etag: null, digest: null };
  }

  /** A resource with too many views is one whose view is as good as random; what comes beyond is not kept. */
  see(row: Readonly<ResourceRow>, view: string, seen: NewSeen): void {
    const kept = this.#keptOf(row);
    const { digest } = seen;
    if (view === row.view) {
      const now = this.#context.now();
      Object.assign(kept.row, { seen_revision: seen.revision, etag: seen.etag, digest, touched_at: now });
      this.#changedRow(kept);
      this.#context.log.record("seeResource", seen.revision, seen.etag, digestBytes(digest), now, row.key);
      return;
    }
    const views = this.#viewsOf(kept);
    if (!views.has(view) && views.size >= this.#context.caps.viewsPerResource) return;
    views.set(view, { seen_revision: seen.revision, etag: seen.etag, digest });
    kept.changedViews ??= new Set();
    kept.changedViews.add(view);
    this.#changed.add(kept);
    this.#context.log.record("putView", row.key, view, row.service, seen.revision, seen.etag, digestBytes(digest));
  }

  /** One more change, and what one view shows since; the new revision. */
  advance(row: Readonly<ResourceRow>, by: string, shows: { view: string; etag: string | null; digest: string | null }): number {
    const kept = this.#keptOf(row);
    const now = this.#context.now();
    const revision = row.revision + 1;
    const { view, etag, digest } = shows;
    Object.assign(kept.row, { revision, changed_at: now, changed_by: by, touched_at: now });
    this.#changedRow(kept);
    if (view === row.view) {
      Object.assign(kept.row, { seen_revision: revision, etag, digest });
      this.#context.log.record("changeResource", revision, now, by, etag, digestBytes(digest), row.key);
    } else {
      this.#context.log.record("advanceResource", revision, now, by, now, row.key);
      this.see(row, view, { revision, etag, digest });
    }
    return revision;
  }

  /** Something was changed, and nobody can say what: of no view is it known what it shows. The revision stays. */
  unsee(row: Readonly<ResourceRow>): void {
    const kept = this.#keptOf(row);
    kept.thereAt = 0;
    for (const view of [row.view, ...this.#viewsOf(kept).keys()]) this.see(row, view, { revision: 0, etag: null, digest: null });
  }

  /** Of the revision that it has now. */
  setThere(row: Readonly<ResourceRow>): void {
    this.#keptOf(row).thereAt = row.revision;
  }

  isThere(row: Readonly<ResourceRow>): boolean {
    return this.#keptOf(row).thereAt === row.revision;
  }

  setFence(key: Uint8Array, fence: number): void {
    const kept = this.#find(key);
    if (kept === null) return;
    kept.row.fence = fence;
    this.#changedRow(kept);
    this.#context.log.record("setFence", fence, key);
  }

  state(row: Readonly<ResourceRow>, view: string): ResourceState {
    const seen = this.seen(row, view);
    // What a view showed before the last change is no statement about now.
    const current = seen.seen_revision === row.revision;
    return {
      revision: row.revision, etag: current ? seen.etag : null, digest: current ? seen.digest : null,
      changedAt: row.changed_at, changedBy: row.changed_by, fence: row.fence,
    };
  }

  /** Brings into the tables what is in memory only. */
  write(): void {
    const { log } = this.#context;
    for (const kept of this.#changed) {
      const { row, views, changedViews } = kept;
      if (kept.isChanged) log.write("putResource", ...columns(row));
      for (const view of changedViews ?? []) {
        const seen = views?.get(view);
        if (seen) log.write("putView", row.key, view, row.service, seen.seen_revision, seen.etag, digestBytes(seen.digest));
      }
      kept.isChanged = false;
      kept.changedViews = null;
    }
    this.#changed.clear();
    for (const name of this.#kept.keys()) {
      if (this.#kept.size <= maxKept) break;
      this.#kept.delete(name);
    }
  }

  /** The tables have them as they are, or they were never so. */
  forget(): void {
    this.#kept.clear();
    this.#changed.clear();
  }

  #find(key: Uint8Array): Kept | null {
    const name = hex(key);
    const known = this.#kept.get(name);
    if (known) return known;
    const row = this.#select.get(key) as unknown as Stored<ResourceRow> | undefined;
    if (!row) return null;
    const kept: Kept = { row: { ...row, name, digest: digestText(row.digest) }, views: null, isNew: false, isChanged: false, changedViews: null, thereAt: 0 };
    this.#kept.set(name, kept);
    return kept;
  }

  /** Rows are handed out for one operation, in which nothing is forgotten. */
  #keptOf(row: Readonly<ResourceRow>): Kept {
    const kept = this.#kept.get(row.name);
    if (kept === undefined) throw new Error("a resource was forgotten while it was worked on");
    return kept;
  }

  #viewsOf(kept: Kept): Map<string, Seen> {
    if (kept.isNew) kept.views ??= new Map();
    kept.views ??= new Map((this.#selectViews.all(kept.row.key) as unknown as (Stored<Seen> & { view: string })[]).map(({ view, ...seen }) => [view, { ...seen, digest: digestText(seen.digest) }]));
    return kept.views;
  }

  #changedRow(kept: Kept): void {
    kept.isChanged = true;
    this.#changed.add(kept);
  }
}

function columns(row: Readonly<ResourceRow>): [Uint8Array, number, string, number, number, number, string, number, number, string | null, Uint8Array | null, string] {
  return [row.key, row.service, row.path, row.revision, row.fence, row.changed_at, row.changed_by, row.touched_at, row.seen_revision, row.etag, digestBytes(row.digest), row.view];
}
