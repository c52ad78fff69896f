/**
 * Hot path (benchmark: observe). Finds silent lost updates. The definition, exactly: after A's last read of the resource B changed the value at a
 * pointer, and then A's write put back there the value that A had read, or took away what B had added. Everything that is
 * not beyond doubt is none: no read, a fresh read in whatever form, another place, another new value, a change that did not take effect.
 */
import { type DocumentDigests, sameValue, valueAt, type WrittenDigests } from "./document-digests.ts";
import type { LostChange, LostUpdate, Overtaken, PotentialConflict } from "./findings.ts";
import type { PointerTable } from "./pointer-table.ts";
import { addReader, changesOf, dropContradicted, forgetBodies, isKnownBody, isRemoved, newTrack, noteBodies, type Reader, readerOf, stateAfter, type Track, type TrackedChange, type Written } from "./track.ts";
import { Tracks } from "./tracks.ts";

export interface DetectorLimits {
  resources: number;
  readersPerResource: number;
  changesPerResource: number;
  /** How long a reader counts as editing. */
  editingMs: number;
}

interface Observed {
  /** The path of the resource, without the query. */
  resource: string;
  actor: string;
  at: number;
}

export interface ObservedRead extends Observed {
  /** `same`: the bytes are those of the known state. Null: it was seen in a form that cannot be compared (another view, 304, too large). */
  document: DocumentDigests | "same" | null;
  /** Of its bytes, and of what they were in a content coding. */
  bodyDigests: readonly string[];
}

/** A write that succeeded. */
export interface ObservedWrite extends Observed {
  callId: string;
  /** Null where it cannot be known what the request writes. */
  written: WrittenDigests | null;
  /** The resource's representation in the answer, if it carries one. */
  shown: DocumentDigests | null;
}

export class LostUpdateDetector {
  /** While there is one resource, as most of ten thousand services have: a call then comes to it by no map. */
  #alone: Track | null = null;
  /** From the second one on. */
  #several: Tracks | null = null;
  readonly #table: PointerTable;
  readonly #limits: DetectorLimits;
  /** Counts events: which came first is never a question of clocks. */
  #order = 0;

  constructor(table: PointerTable, limits: DetectorLimits) {
    this.#table = table;
    this.#limits = limits;
  }

  /** For the caller that can save itself a walk through the same bytes. */
  isKnown(resource: string, bodyDigest: string): boolean {
    const track = this.#find(resource);
    return track !== undefined && isKnownBody(track, bodyDigest);
  }

  hasKnownBody(resource: string): boolean {
    return (this.#find(resource)?.bodyDigest ?? null) !== null;
  }

  read(read: ObservedRead): void {
    const track = this.#track(read.resource);
    const seen = read.document === "same" ? track.state : read.document;
    if (seen !== null && read.document !== "same") {
      dropContradicted(track, seen);
      track.state = seen;
      forgetBodies(track);
    }
    if (seen !== null && read.bodyDigests.length > 0) noteBodies(track, read.bodyDigests);
    this.#remember(track, read, seen);
  }

  /** Null where nothing was lost. */
  write(write: ObservedWrite): LostUpdate | null {
    const track = this.#track(write.resource);
    const reader = readerOf(track, write.actor);
    const lost = write.written === null ? null : this.#judge(track, reader, write);
    this.#take(track, write, reader !== undefined);
    return lost;
  }

  /** The resource is gone, and with it what could be lost. */
  removed(resource: string): void {
    if (this.#several !== null) this.#several.delete(resource);
    else if (this.#alone?.resource === resource) this.#alone = null;
  }

  /** Null where nobody else has written since the actor's last read, as far as is known. */
  overtaken(resource: string, actor: string): Overtaken | null {
    const track = this.#find(resource);
    const last = track?.lastWrite ?? null;
    const reader = track && readerOf(track, actor);
    if (last === null || reader === undefined || last.actor === actor || last.order < reader.order) return null;
    return { writer: last.actor, writtenAt: last.at };
  }

  potential(nowMs: number): PotentialConflict[] {
    const found: PotentialConflict[] = [];
    for (const { resource, lastWrite: last, reader: first } of this.#all()) {
      if (last === null || !last.hadRead) continue;
      for (let read = first; read !== null; read = read.next) {
        const { actor: reader, order, at, done } = read;
        if (reader === last.actor || done || order > last.order || nowMs - at > this.#limits.editingMs) continue;
        found.push({ resource, reader, readAt: at, writer: last.actor, writtenAt: last.at, callId: last.callId, pointers: last.pointers.map((id) => this.#table.pointer(id)) });
      }
    }
    return found;
  }

  get size(): number {
    return this.#several?.size ?? (this.#alone === null ? 0 : 1);
  }

  #judge(track: Track, reader: Reader | undefined, write: ObservedWrite): LostUpdate | null {
    if (!reader || reader.seen === null || write.written === null || track.changes === null) return null;
    const lost: LostChange[] = [];
    let last = 0;
    for (const change of track.changes.values()) {
      if (change.actor === write.actor || change.order < reader.order) continue;
      const how = undone(change, reader.seen, { digests: write.written, shown: write.shown }, this.#table);
      if (how === null) continue;
      lost.push({ actor: change.actor, callId: change.callId, at: change.at, pointer: this.#table.pointer(change.pointer), how });
      last = Math.max(last, change.order);
    }
    if (lost.length === 0 || this.sawListAbove(write.resource, write.actor, ({ order }) => order > last)) return null;
    return { resource: write.resource, actor: write.actor, callId: write.callId, readAt: reader.at, at: write.at, lost };
  }

  /** A list shows its items too: who has read one since the change may well know what it overwrites. */
  sawListAbove(resource: string, actor: string, isSince: (reader: Pick<Reader, "order" | "at">) => boolean): boolean {
    for (let end = resource.lastIndexOf("/"); end >= 0; end = resource.lastIndexOf("/", end - 1)) {
      const list = this.#find(resource.slice(0, end) || "/");
      const reader = list && readerOf(list, actor);
      if (reader !== undefined && isSince(reader)) return true;
      if (end === 0) return false;
    }
    return false;
  }

  #take(track: Track, write: ObservedWrite, hadRead: boolean): void {
    this.#order += 1;
    const order = this.#order;
    const { actor, at, callId, written, shown } = write;
    const known = track.state !== null && written !== null;
    const changed = known ? changesOf(track.state as DocumentDigests, { digests: written, shown }, this.#table) : new Map<number, null>();
    if (!known) track.changes = null;
    for (const [pointer, value] of changed) this.#addChange(track, { pointer, order, at, actor, callId, value });
    track.state = known ? stateAfter(track.state as DocumentDigests, { digests: written, shown }, changed) : (shown ?? (written?.whole ? written : null));
    forgetBodies(track);
    track.lastWrite = { order, at, actor, callId, hadRead, pointers: [...changed.keys()].slice(0, 32) };
    if (shown !== null) this.#remember(track, write, shown);
    const reader = readerOf(track, actor);
    if (reader) reader.done = true;
  }

  #addChange(track: Track, change: TrackedChange): void {
    const changes = (track.changes ??= new Map());
    changes.delete(change.pointer);
    changes.set(change.pointer, change);
    if (changes.size <= this.#limits.changesPerResource) return;
    for (const oldest of changes.keys()) {
      changes.delete(oldest);
      return;
    }
  }

  /** The ones that read longest ago are forgotten first: of them nothing will be said. */
  #remember(track: Track, event: Observed, seen: DocumentDigests | null): void {
    this.#order += 1;
    const known = readerOf(track, event.actor);
    if (known !== undefined) {
      known.order = this.#order;
      known.at = event.at;
      known.seen = seen;
      known.done = false;
      return;
    }
    addReader(track, { actor: event.actor, order: this.#order, at: event.at, seen, done: false, next: null }, this.#limits.readersPerResource);
  }

  #find(resource: string): Track | undefined {
    if (this.#several !== null) return this.#several.get(resource);
    return this.#alone !== null && this.#alone.resource === resource ? this.#alone : undefined;
  }

  #all(): Iterable<Track> {
    return this.#several?.values() ?? (this.#alone === null ? [] : [this.#alone]);
  }

  #track(resource: string): Track {
    const known = this.#find(resource);
    if (known !== undefined) {
      known.touched = true;
      return known;
    }
    const track = newTrack(resource);
    if (this.#several !== null) this.#several.add(track);
    else if (this.#alone === null) this.#alone = track;
    else {
      this.#several = new Tracks(this.#limits.resources);
      this.#several.add(this.#alone);
      this.#several.add(track);
      this.#alone = null;
    }
    return track;
  }
}

/** Null where this change was not undone, or the answer shows that it was not. */
function undone(change: TrackedChange, seen: DocumentDigests, written: Written, table: PointerTable): LostChange["how"] | null {
  const had = valueAt(seen, change.pointer);
  if (sameValue(had, change.value)) return null;
  const puts = valueAt(written.digests, change.pointer);
  const shown = written.shown === null ? undefined : valueAt(written.shown, change.pointer);
  if (had !== null && sameValue(puts, had)) return shown === undefined || sameValue(shown, had) ? "put-back" : null;
  if (had !== null || puts !== null) return null;
  const takesAway = written.digests.whole || isRemoved(change.pointer, written.digests, table) || written.digests.arrays.has(table.parent(change.pointer));
  return takesAway && !shown ? "took-away" : null;
}
