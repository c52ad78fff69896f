/** An OpenAPI document that was found good, and the way along its references. */
import { isJsonObject, resolvePointer, type Json, type JsonObject } from "@parley/merge";
import { anchored } from "./anchors.ts";

export interface ApiDocument {
  /** 3.0 and 3.1 say some things in schemas differently: `nullable`, exclusive bounds, what stands beside `$ref`. */
  readonly dialect: "3.0" | "3.1";
  readonly root: JsonObject;
}

/** Of a document that `readDocument` has taken; null for anything else. */
export function documentOf(root: Json): ApiDocument | null {
  if (!isJsonObject(root)) return null;
  const version = typeof root["openapi"] === "string" ? root["openapi"] : "";
  if (/^3\.0\.\d/.test(version)) return { dialect: "3.0", root };
  return /^3\.1\.\d/.test(version) ? { dialect: "3.1", root } : null;
}

/** References that lead to references, and no further: a circle ends here. */
const maxHops = 16;

export interface Placed {
  value: JsonObject;
  /** Where it stands in the document, as a JSON pointer behind `#`. */
  place: string;
}

/** What a value is once its references are followed; null where they lead to no object. */
export function resolved(document: ApiDocument, value: Json | undefined, place: string): Placed | null {
  return followed(document, { value, place }, () => false);
}

/**
 * What a schema is once its references are followed. From 3.1 on what stands beside a reference counts as well: then it is
 * a schema of its own, with the one that it refers to as a part.
 */
export function resolvedSchema(document: ApiDocument, value: Json | undefined, place: string): Placed | null {
  const found = followed(document, { value, place }, document.dialect === "3.0" ? () => false : saysMore);
  return found && referenceIn(found.value) !== null ? { value: joined(found.value), place: found.place } : found;
}

function followed(document: ApiDocument, from: { value: Json | undefined; place: string }, isEnd: (here: JsonObject) => boolean): Placed | null {
  let [here, at]: [Json | undefined, string] = [from.value, from.place];
  for (let hop = 0; hop < maxHops; hop++) {
    if (!isJsonObject(here)) return null;
    const reference = referenceIn(here);
    if (reference === null || isEnd(here)) return { value: here, place: at };
    const target = pointed(document, reference);
    if (target === null) return null;
    [here, at] = [asObject(target.value), target.place];
  }
  return null;
}

/** A document is one schema resource here, so that a dynamic reference leads where a plain one does (JSON Schema 2020-12 §8.2.3.2). */
export function referenceIn(object: JsonObject): string | null {
  return textAt(object, "$ref") ?? textAt(object, "$dynamicRef");
}

/** Two schemas are written without an object: what is always right, and what is never. */
const [anything, nothing]: [JsonObject, JsonObject] = [{}, { not: {} }];

function asObject(value: Json | undefined): Json | undefined {
  return typeof value === "boolean" ? (value ? anything : nothing) : value;
}

function pointed(document: ApiDocument, reference: string): { value: Json | undefined; place: string } | null {
  if (reference === "#") return { value: document.root, place: "#" };
  if (reference.startsWith("#/")) return { value: resolvePointer(document.root, decoded(reference.slice(1))), place: reference };
  return reference.startsWith("#") ? anchored(document.root, decoded(reference.slice(1))) : null;
}

/** Nothing that a value is held to. */
const notes: ReadonlySet<string> = new Set(["description", "summary", "title", "example", "examples", "deprecated", "externalDocs", "xml", "$comment", "$id", "$schema", "$defs", "$anchor", "$dynamicAnchor"]);

/** Beside its reference. */
function saysMore(schema: JsonObject): boolean {
  return Object.keys(schema).filter((name) => !notes.has(name) && !name.startsWith("x-")).length > 1;
}

/** Kept as long as the document: whoever walks a circle has to see that it is the same one. */
const joinedSchemas = new WeakMap<JsonObject, JsonObject>();

function joined(schema: JsonObject): JsonObject {
  const known = joinedSchemas.get(schema);
  if (known) return known;
  const { $ref: reference, $dynamicRef: dynamicReference, ...own } = schema;
  const references: Json[] = [...(reference === undefined ? [] : [{ $ref: reference }]), ...(dynamicReference === undefined ? [] : [{ $dynamicRef: dynamicReference }])];
  const made: JsonObject = { ...own, allOf: [...listAt(own, "allOf"), ...references] };
  joinedSchemas.set(schema, made);
  return made;
}

/** A pointer in a fragment is percent-encoded (RFC 6901 §6). */
function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}

export function listAt(object: JsonObject, name: string): readonly Json[] {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return Array.isArray(value) ? value : [];
}

export function textAt(object: JsonObject, name: string): string | null {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === "string" ? value : null;
}

export function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
