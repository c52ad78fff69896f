/** Hot path (benchmark: observe). What is known of one resource: its state, who read what when, and who changed what since. */
import { type DocumentDigests, sameValue, type ValueDigest, valueAt, type WrittenDigests } from "./document-digests.ts";
import type { PointerTable } from "./pointer-table.ts";

export interface Reader {
  readonly actor: string;
  order: number;
  at: number;
  /** Null: it has seen the current state, but in a form that cannot be compared. */
  seen: DocumentDigests | null;
  /** It has written since, so it edits no longer. */
  done: boolean;
  /** Of the same resource: few, and each is looked at where it is, rather than in a list. */
  next: Reader | null;
}

export interface TrackedChange {
  pointer: number;
  order: number;
  at: number;
  actor: string;
  callId: string;
  /** What is there since; null where it was removed. */
  value: ValueDigest;
}

export interface Track {
  readonly resource: string;
  /** Since the search for one to forget came by. */
  touched: boolean;
  state: DocumentDigests | null;
  /** Of the bytes of the state, so that the same bytes need not be read again; null where they are not known. */
  bodyDigest: string | null;
  /** Of the same state in content codings. */
  otherDigests: readonly string[];
  /** The first one. */
  reader: Reader | null;
  /** By pointer; null where nobody has written. */
  changes: Map<number, TrackedChange> | null;
  lastWrite: { order: number; at: number; actor: string; callId: string; hadRead: boolean; pointers: number[] } | null;
}

/** One for all that have none: most tracks are of one reader, and never written. */
const none: readonly never[] = [];

export function newTrack(resource: string): Track {
  return { resource, touched: false, state: null, bodyDigest: null, otherDigests: none, reader: null, changes: null, lastWrite: null };
}

export function readerOf({ reader }: Track, actor: string): Reader | undefined {
  let one = reader;
  while (one !== null && one.actor !== actor) one = one.next;
  return one ?? undefined;
}

/** One that has not read before. At the bound it takes the place of the one that read longest ago: of that nothing will be said. */
export function addReader(track: Track, reader: Reader, max: number): void {
  let count = 0;
  let last: Reader | null = null;
  let longest: Reader | null = null;
  for (let one = track.reader; one !== null; one = one.next) {
    count += 1;
    last = one;
    if (longest === null || one.order < longest.order) longest = one;
  }
  if (last === null) track.reader = reader;
  else last.next = reader;
  if (count >= max && longest !== null) withoutReader(track, longest);
}

function withoutReader(track: Track, reader: Reader): void {
  if (track.reader === reader) {
    track.reader = reader.next;
    return;
  }
  let before = track.reader;
  while (before !== null && before.next !== reader) before = before.next;
  if (before !== null) before.next = reader.next;
}

const maxOtherDigests = 4;

export function isKnownBody({ bodyDigest, otherDigests }: Track, digest: string): boolean {
  return bodyDigest === digest || otherDigests.includes(digest);
}

export function forgetBodies(track: Track): void {
  track.bodyDigest = null;
  track.otherDigests = none;
}

/** The state in each of the codings that it is asked for in; one that is never made twice the same would fill it otherwise. */
export function noteBodies(track: Track, digests: readonly string[]): void {
  const known = track.bodyDigest === null ? [] : [track.bodyDigest, ...track.otherDigests];
  const [first = null, ...others] = new Set([...digests, ...known]);
  track.bodyDigest = first;
  track.otherDigests = others.length === 0 ? none : others.slice(0, maxOtherDigests);
}

/** A change that the document does not show was ignored, undone or overwritten past us: nobody is accused because of it. */
export function dropContradicted(track: Track, document: DocumentDigests): void {
  if (track.changes === null) return;
  for (const change of track.changes.values()) {
    if (!sameValue(valueAt(document, change.pointer), change.value)) track.changes.delete(change.pointer);
  }
}

export interface Written {
  digests: WrittenDigests;
  /** The representation in the answer, where it shows one. */
  shown: DocumentDigests | null;
}

/**
 * What a write changed, as far as it is beyond doubt: places that it names with another value than was there, and removals that are
 * explicit or seen in the answer. A field that a PUT leaves out may be the server's own, and a field that only the server changed is nobody's.
 */
export function changesOf(before: DocumentDigests, written: Written, table: PointerTable): Map<number, ValueDigest> {
  const changed = new Map<number, ValueDigest>();
  const { entries } = written.digests;
  for (let at = 0; at < entries.length; at += 3) {
    const pointer = entries[at] as number;
    const value = { high: entries[at + 1] as number, low: entries[at + 2] as number };
    const was = valueAt(before, pointer);
    if (sameValue(was, value)) continue;
    const now = written.shown === null ? value : valueAt(written.shown, pointer);
    if (!sameValue(was, now)) changed.set(pointer, now);
  }
  for (const pointer of removedBy(before, written, table)) changed.set(pointer, null);
  return changed;
}

function removedBy(before: DocumentDigests, written: Written, table: PointerTable): number[] {
  const removed: number[] = [];
  for (let at = 0; at < before.entries.length; at += 3) {
    const pointer = before.entries[at] as number;
    if (valueAt(written.digests, pointer) !== null) continue;
    const shown = written.shown === null ? undefined : valueAt(written.shown, pointer);
    if (shown) continue;
    const explicit = isRemoved(pointer, written.digests, table) || written.digests.arrays.has(table.parent(pointer));
    if (explicit || (written.digests.whole && shown === null)) removed.push(pointer);
  }
  return removed;
}

export function isRemoved(pointer: number, written: WrittenDigests, table: PointerTable): boolean {
  if (written.removed.length === 0) return false;
  for (let id = pointer; ; id = table.parent(id)) {
    if (written.removed.includes(id)) return true;
    if (id === 0) return false;
  }
}

/** The state after a write: what the answer shows, or else what was there with the changes in it. */
export function stateAfter(before: DocumentDigests, written: Written, changed: Map<number, ValueDigest>): DocumentDigests {
  if (written.shown !== null) return written.shown;
  const values = new Map<number, ValueDigest>();
  for (let at = 0; at < before.entries.length; at += 3) values.set(before.entries[at] as number, { high: before.entries[at + 1] as number, low: before.entries[at + 2] as number });
  for (const [pointer, value] of changed) values.set(pointer, value);
  const rows = [...values].flatMap(([pointer, value]) => (value === null ? [] : [[pointer, value.high, value.low] as const]));
  return { entries: (rows.sort((left, right) => left[0] - right[0]).flat()), arrays: new Set([...before.arrays, ...written.digests.arrays]) };
}
