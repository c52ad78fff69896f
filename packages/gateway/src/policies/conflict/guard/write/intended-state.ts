/**
 * Hot path (benchmark: guard). What a write means to make of its resource, as one digest, so that recovery can tell by a look whether it did. Of JSON the value
 * counts and not its spelling, since upstreams write it in their own way; a create has nothing else to be told by.
 */
import { isJsonObject, type Json } from "@parley/merge";
import { isJson, parseJson } from "../../requests/json-body.ts";
import { digestBody } from "../../validators/index.ts";
import { type ClientWrite, outcomeOf } from "../resolution/merging.ts";
import { documentOf, type Looking, type Representation } from "../representation/representation.ts";

/** Longer documents count by their bytes: spelling them anew would cost each write more than a lost one is worth. */
const maxSpelledBytes = 64 * 1024;

/** Null where it cannot be known before. `bytes` are what goes out, the client's or the merged ones. */
export function intendedDigest(looking: Looking, write: ClientWrite, { bytes, current }: { bytes: Buffer; current: Representation | null }): string | null {
  if (write.method === "PATCH") return patchedDigest(looking, write, current);
  return write.method === "PUT" ? stateDigest(looking, write.contentType, bytes) : null;
}

export function showsIntended(seen: Representation, looking: Looking, intended: string): boolean {
  if (seen.body === null) return false;
  return stateDigest(looking, seen.contentType, seen.body) === intended || bytesDigest(looking, seen.body) === intended;
}

function patchedDigest(looking: Looking, write: ClientWrite, current: Representation | null): string | null {
  const before = current === null || current.body === null || current.body.length > maxSpelledBytes ? undefined : documentOf(current);
  const after = before === undefined ? undefined : outcomeOf(write, before);
  return after === undefined ? null : valueDigest(looking, after);
}

function stateDigest(looking: Looking, contentType: string, bytes: Buffer): string {
  const value = isJson(contentType) && bytes.length <= maxSpelledBytes ? parseJson(bytes) : undefined;
  return value === undefined ? bytesDigest(looking, bytes) : valueDigest(looking, value);
}

function valueDigest(looking: Looking, value: Json): string {
  return digestBody({ contentType: "value", view: view(looking) }, Buffer.from(JSON.stringify(ordered(value))));
}

function bytesDigest(looking: Looking, bytes: Buffer): string {
  return digestBody({ contentType: "bytes", view: view(looking) }, bytes);
}

function view({ path, consumer }: Looking): string {
  return `${path}\0${consumer}`;
}

/** Objects' members in one order. Depth is bounded by what JSON.parse has taken. */
function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value);
  if (names.every((name, index) => typeof value[name] !== "object" && (index === 0 || (names[index - 1] as string) < name))) return value;
  return Object.fromEntries(names.toSorted().map((name) => [name, ordered(value[name] as Json)]));
}
