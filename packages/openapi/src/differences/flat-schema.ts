/**
 * A schema as one object, however it is put together: parts of `allOf` are folded in, and so is an alternative beside null alone.
 * Documents are written anew in these ways without a change of what they say. A part that cannot be folded in stays a part.
 */
import { equalJson, isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, listAt, objectAt, resolvedSchema, type ApiDocument, type Placed } from "../document/document.ts";
import { typesOf } from "../schema/combinations.ts";

export interface FlatSchema extends Placed {
  /** Where members stand that come from another part. */
  memberPlaces: ReadonlyMap<string, string>;
}

interface Folding {
  value: JsonObject;
  memberPlaces: Map<string, string>;
}

const maxDepth = 8;
const alternatives = ["anyOf", "oneOf"] as const;

/** Of a schema whose references were followed. */
export function flattened(document: ApiDocument, placed: Placed, depth = 0): FlatSchema {
  const { value, place } = placed;
  const parts = listAt(value, "allOf");
  const list = alternatives.find((name) => isBesideNull(document, listAt(value, name)));
  if ((parts.length === 0 && list === undefined) || depth > maxDepth) return { value, place, memberPlaces: new Map() };
  const { allOf: _allOf, ...own } = value;
  const folding: Folding = { value: own, memberPlaces: new Map() };
  const left = parts.filter((part, index) => !isFolded(folding, partOf(document, part, { place: `${place}/allOf/${index}`, depth })));
  if (left.length > 0) folding.value = { ...folding.value, allOf: left };
  if (list !== undefined) foldAlternative(document, folding, { list, place, depth });
  return { value: folding.value, place, memberPlaces: folding.memberPlaces };
}

function partOf(document: ApiDocument, part: Json, { place, depth }: { place: string; depth: number }): FlatSchema | null {
  const found = resolvedSchema(document, part, place);
  return found && flattened(document, found, depth + 1);
}

/** `anyOf: [{ … }, { type: "null" }]` is how 3.1 writes what 3.0 calls nullable. */
function isBesideNull(document: ApiDocument, list: readonly Json[]): boolean {
  return list.length === 2 && document.dialect === "3.1" && list.filter(isNull).length === 1;
}

function isNull(schema: Json): boolean {
  return isJsonObject(schema) && schema["type"] === "null";
}

function foldAlternative(document: ApiDocument, folding: Folding, { list, place, depth }: { list: (typeof alternatives)[number]; place: string; depth: number }): void {
  const { [list]: written, ...rest } = folding.value;
  const index = Array.isArray(written) && written.length > 0 && isNull(written[0] as Json) ? 1 : 0;
  const part = partOf(document, Array.isArray(written) ? (written[index] as Json) : {}, { place: `${place}/${list}/${index}`, depth });
  const types = part && typesOf(part.value, document.dialect);
  if (part === null || types === null) return;
  const folded: Folding = { value: rest, memberPlaces: folding.memberPlaces };
  if (!isFolded(folded, { ...part, value: { ...part.value, type: [...new Set([...types, "null"])] } })) return;
  folding.value = folded.value;
}

const notHeldTo = new Set(["title", "description", "example", "examples", "deprecated", "externalDocs", "xml", "$comment", "$id", "$schema", "$defs"]);

/** What is said of members that are not named means others once parts are one. */
function isClosed(schema: JsonObject): boolean {
  return (schema["additionalProperties"] ?? true) !== true;
}

function isFolded(folding: Folding, part: FlatSchema | null): boolean {
  // `unevaluatedProperties` of the whole means all parts, and that of a part this one alone.
  if (part === null || isClosed(folding.value) || isClosed(part.value) || part.value["unevaluatedProperties"] !== undefined) return false;
  const next: JsonObject = { ...folding.value };
  for (const [name, value] of Object.entries(part.value)) {
    if (name === "properties" || notHeldTo.has(name) || name.startsWith("x-")) continue;
    if (name === "required") next[name] = [...new Set([...listAt(next, name), ...listAt(part.value, name)])];
    else if (!Object.hasOwn(next, name)) next[name] = value;
    else if (!equalJson(next[name] as Json, value)) return false;
  }
  const [own, others] = [objectAt(next, "properties"), objectAt(part.value, "properties")];
  if (Object.keys(others).some((name) => Object.hasOwn(own, name) && !equalJson(own[name] as Json, others[name] as Json))) return false;
  if (Object.keys(others).length > 0) next["properties"] = { ...others, ...own };
  for (const name of Object.keys(others)) if (!Object.hasOwn(own, name)) folding.memberPlaces.set(name, part.memberPlaces.get(name) ?? `${part.place}/properties/${escapeToken(name)}`);
  folding.value = next;
  return true;
}
