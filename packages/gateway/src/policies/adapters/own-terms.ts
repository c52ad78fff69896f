/**
 * A conflict in the words of the version that its caller speaks. The guard compares in the newer version's form; what it says of
 * places and values is taken through the same mapping as answers are: each value alone in an otherwise empty document,
 * and then it is looked where it has come to lie.
 */
import { appendToken, isJsonObject, parsePointer, type Json, type JsonObject } from "@parley/merge";
import type { Mapping } from "@parley/openapi";
import type { Change, Overlap } from "@parley/contract/conflicts/problem";
import type { Refusal } from "@parley/contract/problems/problem";

export interface OwnTerms {
  map: Mapping;
  /** Places that are put together of several: of one of them alone the value says nothing. */
  joined: ReadonlySet<string>;
}

interface Place {
  pointer: string;
  /** Absent where nobody knows it. */
  value?: Json;
}

const sides = ["base", "theirs", "yours"] as const;

export function inOwnTerms(refusal: Refusal, terms: OwnTerms): Refusal {
  const { changes, conflicts } = (refusal.extensions ?? {}) as { changes?: Change[]; conflicts?: Overlap[] };
  if (changes === undefined && conflicts === undefined) return refusal;
  const places = [...(changes ?? []).map(({ path }) => path), ...(conflicts ?? []).map(({ pointer }) => pointer)];
  return {
    ...refusal,
    ...(refusal.detail === undefined ? {} : { detail: inText(refusal.detail, places, terms) }),
    extensions: {
      ...refusal.extensions,
      ...(changes === undefined ? {} : { changes: once(changes.flatMap((change) => ownChanges(change, terms)), ({ op, path }) => `${op} ${path}`) }),
      ...(conflicts === undefined ? {} : { conflicts: once(conflicts.flatMap((overlap) => ownOverlaps(overlap, terms)), ({ pointer }) => pointer) }),
    },
  };
}

function ownChanges({ op, path, value }: Change, terms: OwnTerms): Change[] {
  return placesOf(path, value as Json | undefined, terms).map((place) => ({ op, path: place.pointer, ...(op === "remove" || place.value === undefined ? {} : { value: place.value }) }));
}

function ownOverlaps(overlap: Overlap, terms: OwnTerms): Overlap[] {
  const own = new Map<string, Overlap>();
  for (const { pointer } of placesOf(overlap.pointer, undefined, terms)) own.set(pointer, { pointer });
  for (const side of sides) {
    if (overlap[side] === undefined) continue;
    for (const { pointer, value } of placesOf(overlap.pointer, overlap[side] as Json, terms)) own.set(pointer, { ...own.get(pointer), pointer, ...(value === undefined ? {} : { [side]: value }) });
  }
  return [...own.values()];
}

/** Where a value of the newer version's document lies in this one's, and as what; nowhere, where this version does not know it. */
function placesOf(pointer: string, value: Json | undefined, { map, joined }: OwnTerms): Place[] {
  const tokens = parsePointer(pointer) ?? [];
  if (tokens.length === 0) return [{ pointer, ...(value === undefined ? {} : { value: map(structuredClone(value), false) }) }];
  const indexes = tokens.filter((token) => isIndex(token));
  const placed = structuredClone(value ?? "");
  const document = tokens.reduceRight<Json>((inner, token) => (isIndex(token) ? [inner] : member(token, inner)), placed);
  const mapped = map(document, true);
  return leaves(mapped, { whole: isJsonObject(placed) || Array.isArray(placed) ? placed : null, indexes, at: "" }).map((leaf) => (value === undefined || joined.has(leaf.pointer) ? { pointer: leaf.pointer } : leaf));
}

interface Walk {
  /** The value itself, where it can be told by being the same; what is left of it is one leaf. */
  whole: Json | null;
  /** Of the arrays on the way, which have one item each here. */
  indexes: readonly string[];
  at: string;
}

function leaves(value: Json, walk: Walk): Place[] {
  const { whole, indexes, at } = walk;
  if (value === whole || (!isJsonObject(value) && !Array.isArray(value))) return [{ pointer: at, value }];
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, { whole, indexes: indexes.slice(1), at: `${at}/${indexes[0] ?? "0"}` }));
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, { whole, indexes, at: appendToken(at, name) }));
}

/** Longer ones first: `/name` begins `/name/first`, too. */
function inText(text: string, places: readonly string[], terms: OwnTerms): string {
  const own = new Map(places.map((place) => [place, placesOf(place, undefined, terms)[0]?.pointer ?? place]));
  return text.replaceAll(/\/[^\s"',;]*[^\s"',;.]/g, (found) => own.get(found) ?? found);
}

function once<Item>(items: Item[], key: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

function member(name: string, value: Json): JsonObject {
  const object: JsonObject = {};
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  return object;
}

function isIndex(token: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(token);
}
