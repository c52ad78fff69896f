/**
 * Differences between two documents as a JSON Patch (RFC 6902) of add, remove and replace. The same two documents always
 * give the same operations, in an order in which they can be applied; a member that did not change is never named.
 */
import { equalJson, isJsonObject, type Json, type JsonObject, member } from "./json.ts";
import { appendToken } from "./pointer.ts";

/** An operation of a JSON Patch; its path is a pointer into the document as the operations before it have left it. */
export type Difference = { op: "add" | "replace"; path: string; value: Json } | { op: "remove"; path: string };

export interface DiffOptions {
  /** `atomic`: an array that changed is replaced as a whole. `elements`: its common ends stay, what is between is compared item by item. */
  arrays: "atomic" | "elements";
}

/** Both documents have to be within limits (`exceedsLimits`), since the walk recurses. Empty where they are equal. */
export function diff(from: Json, to: Json, options: DiffOptions = { arrays: "elements" }): Difference[] {
  const found: Difference[] = [];
  compare("", { from, to }, { options, found });
  return found;
}

interface Walk {
  options: DiffOptions;
  found: Difference[];
}

function compare(path: string, pair: { from: Json; to: Json }, walk: Walk): void {
  const { from, to } = pair;
  if (isJsonObject(from) && isJsonObject(to)) return compareObjects(path, { from, to }, walk);
  if (walk.options.arrays === "elements" && Array.isArray(from) && Array.isArray(to)) return compareArrays(path, { from, to }, walk);
  if (!equalJson(from, to)) walk.found.push({ op: "replace", path, value: to });
}

function compareObjects(path: string, pair: { from: JsonObject; to: JsonObject }, walk: Walk): void {
  for (const name of Object.keys(pair.from).toSorted()) {
    if (!Object.hasOwn(pair.to, name)) walk.found.push({ op: "remove", path: appendToken(path, name) });
  }
  for (const name of Object.keys(pair.to).toSorted()) {
    const to = pair.to[name] as Json;
    const from = member(pair.from, name);
    if (from === undefined) walk.found.push({ op: "add", path: appendToken(path, name), value: to });
    else compare(appendToken(path, name), { from, to }, walk);
  }
}

/** Removals go from the end, so that the indexes before them stay what they are. */
function compareArrays(path: string, pair: { from: Json[]; to: Json[] }, walk: Walk): void {
  const { start, fromEnd, toEnd } = middle(pair.from, pair.to);
  const shared = Math.min(fromEnd, toEnd);
  for (let index = start; index < shared; index += 1) {
    compare(appendToken(path, index), { from: pair.from[index] as Json, to: pair.to[index] as Json }, walk);
  }
  for (let index = fromEnd - 1; index >= shared; index -= 1) walk.found.push({ op: "remove", path: appendToken(path, index) });
  for (let index = shared; index < toEnd; index += 1) walk.found.push({ op: "add", path: appendToken(path, index), value: pair.to[index] as Json });
}

/** What lies between the common beginning and the common end. */
function middle(from: Json[], to: Json[]): { start: number; fromEnd: number; toEnd: number } {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && equalJson(from[start], to[start])) start += 1;
  let tail = 0;
  while (tail < shorter - start && equalJson(from[from.length - 1 - tail], to[to.length - 1 - tail])) tail += 1;
  return { start, fromEnd: from.length - tail, toEnd: to.length - tail };
}
