/**
 * Hot path (benchmark: observe). A document as the detector keeps it: for every scalar and every empty container the number of its pointer and 64
 * bits of its value, three numbers each, sorted by pointer. Nothing can be read back from it.
 */
import { isLongNumber } from "@parley/merge";
import type { PointerNode, PointerTable } from "./pointer-table.ts";
import { type HashPair, hashText, type Salt } from "./salted-hash.ts";

export type { Salt } from "./salted-hash.ts";

type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

export interface DocumentDigests {
  /** Pointer, high, low; sorted by pointer. */
  entries: readonly number[];
  /** Pointers of its arrays, which are written as a whole. */
  arrays: ReadonlySet<number>;
}

/** What a request writes: all of the resource, or only what it names. */
export interface WrittenDigests extends DocumentDigests {
  whole: boolean;
  /** Pointers that it removes, with all below them. */
  removed: readonly number[];
}

const none: ReadonlySet<number> = new Set();
const maxDepth = 64;

interface Walk {
  table: PointerTable;
  salt: Salt;
  maxPointers: number;
  entries: number[];
  arrays: Set<number> | null;
  removed: number[];
  /** In a merge patch null removes, outside arrays. */
  patch: boolean;
  pair: HashPair;
}

export interface DigestOptions {
  table: PointerTable;
  salt: Salt;
  /** A document with more is not observed. */
  maxPointers: number;
}

/** Null where the document is too large or too deep to be observed. */
export function digestDocument(document: unknown, options: DigestOptions): DocumentDigests | null {
  const walk = startWalk(options, false);
  return visit(document as Json, { node: options.table.root, depth: 0 }, walk) ? pack(walk) : null;
}

/** What a PUT writes is the document; what a merge patch (RFC 7396) writes is what it names. */
export function digestMergePatch(patch: unknown, options: DigestOptions): WrittenDigests | null {
  const walk = startWalk(options, true);
  if (!visit(patch as Json, { node: options.table.root, depth: 0 }, walk)) return null;
  return { ...pack(walk), whole: false, removed: walk.removed };
}

function startWalk(options: DigestOptions, patch: boolean): Walk {
  return { ...options, entries: [], arrays: null, removed: [], patch, pair: { high: 0, low: 0 } };
}

interface Place {
  node: PointerNode;
  depth: number;
}

function visit(value: Json, place: Place, walk: Walk): boolean {
  if (value === null || typeof value !== "object") {
    if (value === null && walk.patch) walk.removed.push(place.node.id);
    else addLeaf(place.node.id, value, walk);
    return walk.entries.length <= walk.maxPointers * 3;
  }
  if (isLongNumber(value)) addText(place.node.id, value.rawJSON, walk);
  else if (place.depth >= maxDepth) return false;
  else return Array.isArray(value) ? visitArray(value, place, walk) : visitObject(value, place, walk);
  return walk.entries.length <= walk.maxPointers * 3;
}

function visitArray(items: Json[], place: Place, walk: Walk): boolean {
  (walk.arrays ??= new Set()).add(place.node.id);
  if (items.length === 0) addText(place.node.id, "[]", walk);
  const patch = walk.patch;
  walk.patch = false;
  for (let index = 0; index < items.length; index += 1) {
    const node = walk.table.child(place.node, String(index));
    if (node === null || !visit(items[index] as Json, { node, depth: place.depth + 1 }, walk)) return false;
  }
  walk.patch = patch;
  return true;
}

function visitObject(object: { [member: string]: Json }, place: Place, walk: Walk): boolean {
  let empty = true;
  for (const name of Object.keys(object)) {
    empty = false;
    const node = walk.table.child(place.node, name);
    if (node === null || !visit(object[name] as Json, { node, depth: place.depth + 1 }, walk)) return false;
  }
  // An empty object in a merge patch changes nothing that is there.
  if (empty && !walk.patch) addText(place.node.id, "{}", walk);
  return true;
}

/** The first character tells types apart; 0 and -0 are one number. */
function addLeaf(pointer: number, value: null | boolean | number | string, walk: Walk): void {
  if (typeof value === "string") addText(pointer, `"${value}`, walk);
  else addText(pointer, value === 0 ? "0" : String(value), walk);
}

function addText(pointer: number, text: string, walk: Walk): void {
  hashText(walk.salt, text, walk.pair);
  walk.entries.push(pointer, walk.pair.high, walk.pair.low);
}

function pack(walk: Walk): DocumentDigests {
  return { entries: sorted(walk.entries), arrays: walk.arrays ?? none };
}

/** Documents of one shape come almost sorted, because their pointers were numbered in their order. */
function sorted(entries: number[]): number[] {
  for (let index = 3; index < entries.length; index += 3) {
    if ((entries[index] as number) < (entries[index - 3] as number)) return sortedSlowly(entries);
  }
  return entries;
}

function sortedSlowly(entries: number[]): number[] {
  const rows: [number, number, number][] = [];
  for (let index = 0; index < entries.length; index += 3) rows.push([entries[index] as number, entries[index + 1] as number, entries[index + 2] as number]);
  return (rows.sort((left, right) => left[0] - right[0]).flat());
}

/** The place of a pointer's entry, or -1. */
export function findEntry(digests: DocumentDigests, pointer: number): number {
  const { entries } = digests;
  let low = 0;
  let high = entries.length / 3 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = entries[middle * 3] as number;
    if (found === pointer) return middle * 3;
    if (found < pointer) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** A value as it is compared; null where nothing is there. */
export type ValueDigest = { high: number; low: number } | null;

export function valueAt(digests: DocumentDigests, pointer: number): ValueDigest {
  const at = findEntry(digests, pointer);
  return at === -1 ? null : { high: digests.entries[at + 1] as number, low: digests.entries[at + 2] as number };
}

export function sameValue(left: ValueDigest, right: ValueDigest): boolean {
  if (left === null || right === null) return left === right;
  return left.high === right.high && left.low === right.low;
}
