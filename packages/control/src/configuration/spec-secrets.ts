/** Secrets inside specs: sealed where they are kept, `***` where they are shown, and kept when `***` comes back. */
import { hiddenSecret } from "@parley/contract/api/entities";
import { openSecret, sealSecret, secretPointers } from "@parley/contract/secrets";
import { appendToken, isJsonObject, parsePointer } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";
import { refuseBody } from "../refusal.ts";

interface SecretPlace {
  /** With the real members, such as /versions/list/v1/upstream/credentials/value. */
  pointer: string;
  value: string;
  put(value: string): void;
}

/** Replaces every secret of a copy of the spec; the spec itself stays as it is, and is given back where it has none. */
export function mapSecrets(kind: string, spec: Json, replace: (place: Omit<SecretPlace, "put">) => string): Json {
  if (!hasSecrets(kind, spec)) return spec;
  const copy = structuredClone(spec);
  for (const place of secretsIn(kind, copy)) place.put(replace(place));
  return copy;
}

/** Most of ten thousand services have none, which is told without a place of any. */
function hasSecrets(kind: string, spec: Json): boolean {
  return patternsOf.get(kind)?.some((segments) => reaches(spec, segments, 0)) ?? false;
}

export function secretsIn(kind: string, spec: Json): SecretPlace[] {
  const patterns = patternsOf.get(kind);
  return patterns === undefined ? [] : patterns.flatMap((segments) => placesOf(spec, segments, ""));
}

export function hideSecrets(kind: string, spec: Json): Json {
  // An empty one, as of a variable that is not set, is none: nothing is hidden, and that it is missing can be seen.
  return mapSecrets(kind, spec, ({ value }) => (value === "" ? "" : hiddenSecret));
}

/** The secrets of a sealed spec by pointer, in plain text. Throws if the master key is another one. */
export function openSecrets(masterKey: Buffer, entity: { kind: string; name: string; spec: Json }): Map<string, string> {
  return new Map(secretsIn(entity.kind, entity.spec).map(({ pointer, value }) => [pointer, openSecret(masterKey, purposeOf(entity, pointer), value)]));
}

/** The spec with secrets in plain text, for whoever uses them now. */
export function withSecrets(kind: string, spec: Json, opened: ReadonlyMap<string, string>): Json {
  return mapSecrets(kind, spec, ({ pointer, value }) => opened.get(pointer) ?? value);
}

/**
 * Seals what came in. `stored` is the sealed spec so far: `***` keeps its secret, and a secret that did not change keeps
 * its sealed text, so that nothing seems to have changed. Refuses `***` where nothing is stored.
 */
export function sealSecrets(masterKey: Buffer, incoming: { kind: string; name: string; spec: Json }, stored: Json | undefined): Json {
  const storedTexts = new Map(stored === undefined ? [] : secretsIn(incoming.kind, stored).map(({ pointer, value }) => [pointer, value]));
  return mapSecrets(incoming.kind, incoming.spec, ({ pointer, value }) => {
    const from = storedPointer(pointer, incoming.spec, stored);
    const purpose = purposeOf(incoming, pointer);
    const kept = from === null ? undefined : storedTexts.get(from);
    // An item of a list may have moved: its secret goes with its name, sealed anew for its place.
    const before = kept !== undefined && from !== null && from !== pointer ? sealSecret(masterKey, purpose, openSecret(masterKey, purposeOf(incoming, from), kept)) : kept;
    if (value === hiddenSecret) return before ?? refuseBody([{ pointer: `/spec${pointer}`, message: `${hiddenSecret} keeps the stored secret, and none is stored here; send the secret itself` }]);
    if (before !== undefined && opensTo(masterKey, { purpose, sealed: before, secret: value })) return before;
    return sealSecret(masterKey, purpose, value);
  });
}

/** Where the stored spec has the secret of the item of the same name; the same place outside of lists of named items. */
function storedPointer(pointer: string, incoming: Json, stored: Json | undefined): string | null {
  const [, list, index, rest] = /^\/(keys)\/(\d+)(\/.*)$/.exec(pointer) ?? [];
  if (list === undefined || index === undefined) return pointer;
  const name = itemName(itemsOf(incoming, list)[Number(index)]);
  const before = itemsOf(stored, list).findIndex((item) => itemName(item) === name);
  return before === -1 ? null : `/${list}/${before}${rest}`;
}

function itemsOf(spec: Json | undefined, list: string): readonly Json[] {
  const items = isJsonObject(spec) ? spec[list] : undefined;
  return Array.isArray(items) ? (items as readonly Json[]) : [];
}

function itemName(item: Json | undefined): Json | undefined {
  return isJsonObject(item) ? item["name"] : undefined;
}

export function purposeOf(entity: { kind: string; name: string }, pointer: string): string {
  return `${entity.kind}/${entity.name}${pointer}`;
}

function opensTo(masterKey: Buffer, { purpose, sealed, secret }: { purpose: string; sealed: string; secret: string }): boolean {
  try {
    return openSecret(masterKey, purpose, sealed) === secret;
  } catch {
    return false;
  }
}

/** By kind, as segments. */
const patternsOf: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(Object.entries(secretPointers).map(([kind, pointers]) => [kind, pointers.map((pointer) => parsePointer(pointer) ?? [])]));

function reaches(container: Json | undefined, segments: readonly string[], at: number): boolean {
  if (at === segments.length) return typeof container === "string";
  if (container === undefined || container === null || typeof container !== "object") return false;
  const segment = segments[at] as string;
  if (segment === "*") return Object.values(container as Record<string, Json>).some((value) => reaches(value, segments, at + 1));
  return Object.hasOwn(container, segment) && reaches((container as Record<string, Json>)[segment], segments, at + 1);
}

/** Only texts are secrets: what has another type is for the schema to refuse. */
function placesOf(container: Json | undefined, segments: readonly string[], path: string): SecretPlace[] {
  const [segment, ...rest] = segments;
  if (segment === undefined || container === undefined || container === null || typeof container !== "object") return [];
  const holder = container as Record<string, Json>;
  const names = segment === "*" ? Object.keys(holder) : Object.hasOwn(holder, segment) ? [segment] : [];
  return names.flatMap((name) => {
    const pointer = appendToken(path, name);
    const value = holder[name];
    if (rest.length > 0) return isJsonObject(value) || Array.isArray(value) ? placesOf(value, rest, pointer) : [];
    return typeof value === "string" ? [{ pointer, value, put: (next: string) => void (holder[name] = next) }] : [];
  });
}
