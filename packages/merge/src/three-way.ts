/**
 * The three-way merge: what two changes of one base come to together, or where they meet. Objects are merged member by
 * member; arrays are one value each, unless their items are known by a key. Nothing under a forbidden pointer is ever merged.
 */
import { equalJson, isJsonObject, type Json, type JsonObject, member, setMember } from "./json.ts";
import { forbiddenChanges } from "./forbidden.ts";
import { mergeKeyedArrays } from "./keyed-arrays.ts";
import { defaultLimits, exceedsLimits, type LimitsRefusal } from "./limits.ts";
import { mergePatchBetween } from "./merge-patch.ts";
import { conflictAt, maxOverlaps, type MergeRules, type Merging, type Overlap, type Place, type Versions } from "./merging.ts";
import { appendToken } from "./pointer.ts";

export type MergeResult =
  /** `patch` leads from theirs to the merged document; undefined where no merge patch can say it (a member became null). */
  | { kind: "merged"; document: Json; patch: Json | undefined }
  /** At least one place that both changed; with more than 200 the rest is left out. */
  | { kind: "conflict"; conflicts: Overlap[]; truncated: boolean }
  /** A document is beyond a limit. */
  | { kind: "refused"; of: "base" | "theirs" | "yours"; refusal: LimitsRefusal };

/** All three stay as they are, and the merged document may share parts with them. Never throws: what cannot be merged is in the result. */
export function threeWayMerge(documents: { base: Json; theirs: Json; yours: Json }, rules: MergeRules): MergeResult {
  const limits = rules.limits ?? defaultLimits;
  // Named `version` and not `of`, which type stripping takes for an empty declaration.
  for (const version of ["base", "theirs", "yours"] as const) {
    const refusal = exceedsLimits(documents[version], limits);
    if (refusal) return { kind: "refused", of: version, refusal };
  }
  if (equalJson(documents.yours, documents.base) || (rules.equalChanges !== "overlap" && equalJson(documents.yours, documents.theirs))) {
    return { kind: "merged", document: documents.theirs, patch: mergePatchBetween(documents.theirs, documents.theirs) };
  }
  const merging: Merging = { rules, mergeValue, conflicts: forbiddenChanges(documents, rules) };
  const document = mergeValue({ pointer: "", pattern: "" }, documents, merging);
  // Neither side changed what is forbidden, but both together may: a new order of items with keys beside a change of one moves a value to a place that has a number.
  if (merging.conflicts.length === 0) merging.conflicts.push(...forbiddenChanges({ ...documents, yours: document }, rules));
  if (merging.conflicts.length > 0 || document === undefined) {
    const distinct = merging.conflicts.filter((overlap, index, all) => all.findIndex((other) => other.pointer === overlap.pointer) === index);
    return { kind: "conflict", conflicts: distinct.slice(0, maxOverlaps), truncated: distinct.length > maxOverlaps };
  }
  return { kind: "merged", document, patch: mergePatchBetween(documents.theirs, document) };
}

/** Undefined where the merged document has nothing there; after a conflict what it gives does not matter. */
function mergeValue(place: Place, versions: Versions, merging: Merging): Json | undefined {
  const { base, theirs, yours } = versions;
  if (equalJson(base, yours)) return theirs;
  if (equalJson(base, theirs)) return yours;
  if (equalJson(theirs, yours) && (merging.rules.equalChanges !== "overlap" || theirs === undefined)) return theirs;
  if (isJsonObject(base) && isJsonObject(theirs) && isJsonObject(yours)) return mergeObjects(place, { base, theirs, yours }, merging);
  if (Array.isArray(base) && Array.isArray(theirs) && Array.isArray(yours)) {
    const merged = mergeKeyedArrays(place, { base, theirs, yours }, merging);
    if (merged !== null) return merged;
  }
  return conflictAt(place.pointer, versions, merging);
}

function mergeObjects(place: Place, objects: { base: JsonObject; theirs: JsonObject; yours: JsonObject }, merging: Merging): JsonObject {
  const merged: JsonObject = {};
  const names = new Set([...Object.keys(objects.theirs), ...Object.keys(objects.yours)]);
  for (const name of names) {
    const versions = { base: member(objects.base, name), theirs: member(objects.theirs, name), yours: member(objects.yours, name) };
    const value = mergeValue({ pointer: appendToken(place.pointer, name), pattern: appendToken(place.pattern, name) }, versions, merging);
    if (value !== undefined) setMember(merged, name, value);
  }
  return merged;
}
