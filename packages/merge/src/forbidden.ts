/** Places that no merge may touch: which of them were changed, wherever in lists they stand. */
import { equalJson, isJsonObject, type Json } from "./json.ts";
import { keyedVersions, placesOf } from "./keyed-arrays.ts";
import { maxOverlaps, type MergeRules, type Overlap, overlapAt, type Place, type Versions } from "./merging.ts";
import { appendToken, child, parsePointer } from "./pointer.ts";

/** Every place of `rules.forbid` where yours or theirs is not what the base has; no more than say that there are too many to list. */
export function forbiddenChanges(versions: Versions, rules: MergeRules): Overlap[] {
  const changed: Overlap[] = [];
  for (const forbidden of rules.forbid) {
    const tokens = parsePointer(forbidden);
    if (tokens !== null) collect({ place: { pointer: "", pattern: "" }, versions }, { tokens, rules, changed });
  }
  return changed;
}

interface Spot {
  place: Place;
  versions: Versions;
}

interface Search {
  /** What is left of the pointer. */
  tokens: readonly string[];
  rules: MergeRules;
  changed: Overlap[];
}

function collect({ place, versions }: Spot, { tokens, rules, changed }: Search): void {
  if (changed.length > maxOverlaps) return;
  const [token, ...rest] = tokens;
  if (token === undefined) {
    if (!equalJson(versions.base, versions.yours) || !equalJson(versions.base, versions.theirs)) changed.push(overlapAt(place.pointer, versions));
    return;
  }
  const spots = token === "*" ? everySpot(place, versions, rules) : [spotAt(place, versions, token)];
  for (const spot of spots) collect(spot, { tokens: rest, rules, changed });
}

/** Items that have a key are compared with themselves, wherever each version has them; others with what stands in the same place. */
function everySpot(place: Place, versions: Versions, rules: MergeRules): Spot[] {
  const keyed = keyedVersions(place, { base: listOf(versions.base), theirs: listOf(versions.theirs), yours: listOf(versions.yours) }, rules);
  if (keyed !== null) {
    return [...placesOf(keyed.base, keyed.yours, keyed.theirs)].map(([key, index]) => ({
      place: { pointer: appendToken(place.pointer, index), pattern: `${place.pattern}/*` },
      versions: { base: keyed.base.get(key), theirs: keyed.theirs.get(key), yours: keyed.yours.get(key) },
    }));
  }
  const tokens = new Set([versions.base, versions.theirs, versions.yours].flatMap(tokensOf));
  return [...tokens].map((token) => spotAt(place, versions, token));
}

function spotAt(place: Place, { base, theirs, yours }: Versions, token: string): Spot {
  const isList = [base, theirs, yours].some((value) => Array.isArray(value));
  return {
    place: { pointer: appendToken(place.pointer, token), pattern: isList ? `${place.pattern}/*` : appendToken(place.pattern, token) },
    versions: { base: childOf(base, token), theirs: childOf(theirs, token), yours: childOf(yours, token) },
  };
}

function childOf(value: Json | undefined, token: string): Json | undefined {
  return value === undefined ? undefined : child(value, token);
}

/** A list that a version does not have has no items in it; null is no list. */
function listOf(value: Json | undefined): Json[] | null {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : null;
}

function tokensOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.map((_, index) => String(index));
  return isJsonObject(value) ? Object.keys(value) : [];
}
