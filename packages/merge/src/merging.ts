/** What a three-way merge carries through the documents, and the conflicts that it collects on the way. */
import type { Json } from "./json.ts";
import type { Limits } from "./limits.ts";

/** How two changes are put together. Pointers are JSON pointers (RFC 6901) from the document's root. */
export interface MergeRules {
  /** `atomic`: an array is one value. `keyed`: an array without an entry in `keys` is keyed by `id` where all of its items have one. */
  arrays: "atomic" | "keyed";
  /** The member that names an item, by the array's pointer; `*` in a pointer stands for any item of an array above. */
  keys: Readonly<Record<string, string>>;
  /** A change at, under or above one of these is always a conflict. `*` stands for any one segment: each item of an array, or each member of an object. */
  forbid: readonly string[];
  /**
   * `agree`, the default: two equal changes of one place are one. `overlap`: they meet as any two do, since each may have been made
   * from what was there before (a counter that both put up by one), and then one of them would be lost. That both removed is agreed on always.
   */
  equalChanges?: "agree" | "overlap";
  limits?: Limits;
}

/** A place that both changed, as a pointer into theirs, with what each has there. Absent members were not there. */
export interface Overlap {
  pointer: string;
  base?: Json;
  theirs?: Json;
  yours?: Json;
}

export interface Versions {
  base: Json | undefined;
  theirs: Json | undefined;
  yours: Json | undefined;
}

/** Where a value is: as a pointer into theirs, and with `*` for every item of an array on the way. */
export interface Place {
  pointer: string;
  pattern: string;
}

export interface Merging {
  rules: MergeRules;
  conflicts: Overlap[];
  /** Undefined where the merged document has nothing there; after a conflict what it gives does not matter. */
  mergeValue(place: Place, versions: Versions, merging: Merging): Json | undefined;
}

/** More overlaps are not listed: nobody decides them one by one. */
export const maxOverlaps = 200;

export function conflictAt(pointer: string, versions: Versions, merging: Merging): undefined {
  if (merging.conflicts.length <= maxOverlaps) merging.conflicts.push(overlapAt(pointer, versions));
  return undefined;
}

export function overlapAt(pointer: string, versions: Versions): Overlap {
  const overlap: Overlap = { pointer };
  if (versions.base !== undefined) overlap.base = versions.base;
  if (versions.theirs !== undefined) overlap.theirs = versions.theirs;
  if (versions.yours !== undefined) overlap.yours = versions.yours;
  return overlap;
}
