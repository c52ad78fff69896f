/** Arrays whose items have a key: merged item by item, so that two people can each add one. */
import { decimal, isLongNumber } from "./exact-numbers.ts";
import { isJsonObject, type Json, type JsonObject, member } from "./json.ts";
import { appendToken } from "./pointer.ts";
import { conflictAt, type MergeRules, type Merging, type Place } from "./merging.ts";

type Keyed = Map<Json, JsonObject>;

/** Null where the array is atomic: no key is configured for it, or an item lacks it, or two items share one. */
export function mergeKeyedArrays(place: Place, arrays: { base: Json[]; theirs: Json[]; yours: Json[] }, merging: Merging): Json[] | null {
  const keyed = keyedVersions(place, arrays, merging.rules);
  if (keyed === null) return null;
  const { base, theirs, yours } = keyed;
  const merged = mergeItems(place, keyed, merging);
  const order = mergedOrder([...base.keys()], [...theirs.keys()], [...yours.keys()]);
  if (order === null) {
    conflictAt(place.pointer, arrays, merging);
    return [];
  }
  return order.flatMap((key) => merged.get(key) ?? []);
}

interface KeyedVersions {
  base: Keyed;
  theirs: Keyed;
  yours: Keyed;
}

/** The items of each version by their keys; null where they have none, or where a version has no list there (null). */
export function keyedVersions(place: Place, arrays: Record<keyof KeyedVersions, Json[] | null>, rules: MergeRules): KeyedVersions | null {
  const name = keyName(place, rules);
  if (name === null) return null;
  const base = byKey(arrays.base, name);
  const theirs = byKey(arrays.theirs, name);
  const yours = byKey(arrays.yours, name);
  return base && theirs && yours ? { base, theirs, yours } : null;
}

/** Where each item stands, by its key; the last that has it counts. */
export function placesOf(...versions: Keyed[]): Map<Json, number> {
  return new Map(versions.flatMap((keyed) => [...keyed.keys()].map((key, index): [Json, number] => [key, index])));
}

function keyName(place: Place, { keys, arrays }: MergeRules): string | null {
  const configured = Object.hasOwn(keys, place.pattern) ? keys[place.pattern] : Object.hasOwn(keys, place.pointer) ? keys[place.pointer] : undefined;
  return configured ?? (arrays === "keyed" ? "id" : null);
}

function byKey(items: Json[] | null, name: string): Keyed | null {
  if (items === null) return null;
  const keyed: Keyed = new Map();
  for (const item of items) {
    const key = isJsonObject(item) ? keyOf(member(item, name)) : undefined;
    if ((typeof key !== "string" && typeof key !== "number") || keyed.has(key)) return null;
    keyed.set(key, item as JsonObject);
  }
  return keyed;
}

/** No text begins as the name of a long number does. */
function keyOf(value: Json | undefined): Json | undefined {
  return isLongNumber(value) ? `\u0000${decimal(value.rawJSON)}` : value;
}

/** The pointer of an item is its place in theirs, which is what the client will read; an item that is only in yours has its place there. */
function mergeItems(place: Place, arrays: KeyedVersions, merging: Merging): Map<Json, Json> {
  const merged = new Map<Json, Json>();
  for (const [key, index] of placesOf(arrays.yours, arrays.theirs)) {
    const item = { pointer: appendToken(place.pointer, index), pattern: `${place.pattern}/*` };
    const value = merging.mergeValue(item, { base: arrays.base.get(key), theirs: arrays.theirs.get(key), yours: arrays.yours.get(key) }, merging);
    if (value !== undefined) merged.set(key, value);
  }
  return merged;
}

/** Null where both put the items that all three have into different new orders. */
function mergedOrder(base: Json[], theirs: Json[], yours: Json[]): Json[] | null {
  const [inTheirs, inYours, inBase] = [new Set(theirs), new Set(yours), new Set(base)];
  const common = (keys: Json[]): Json[] => keys.filter((key) => inBase.has(key) && inTheirs.has(key) && inYours.has(key));
  const [before, theirOrder, yourOrder] = [common(base), common(theirs), common(yours)];
  const same = (left: Json[], right: Json[]): boolean => left.every((key, index) => key === right[index]);
  if (same(yourOrder, before) || same(yourOrder, theirOrder)) return insertMissing(theirs, yours);
  return same(theirOrder, before) ? insertMissing(yours, theirs) : null;
}

/** Each key that the skeleton lacks goes behind the one that it follows in its own array, and behind what the skeleton's side put there. */
function insertMissing(skeleton: Json[], other: Json[]): Json[] {
  const [inSkeleton, inOther] = [new Set(skeleton), new Set(other)];
  const followers = new Map<Json | undefined, Json[]>([[undefined, []]]);
  let anchor: Json | undefined;
  for (const key of other) {
    if (inSkeleton.has(key)) followers.set((anchor = key), []);
    else followers.get(anchor)?.push(key);
  }
  const order: Json[] = [];
  let pending = followers.get(undefined) ?? [];
  for (const key of skeleton) {
    if (inOther.has(key)) {
      order.push(...pending);
      pending = followers.get(key) ?? [];
    }
    order.push(key);
  }
  return [...order, ...pending];
}
