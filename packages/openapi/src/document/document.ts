/** An OpenAPI document that was found good, and the way along its references. */
import { isJsonObject, resolvePointer, type Json, type JsonObject } from "@parley/merge";

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
  let [here, at]: [Json | undefined, string] = [value, place];
  for (let hop = 0; hop < maxHops; hop++) {
    if (!isJsonObject(here)) return null;
    const reference = here["$ref"];
    if (typeof reference !== "string") return { value: here, place: at };
    at = reference;
    here = reference === "#" ? document.root : pointed(document, reference);
  }
  return null;
}

function pointed(document: ApiDocument, reference: string): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  return resolvePointer(document.root, decoded(reference.slice(1)));
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
