/** A schema, what it refers to, and what it is put together from, however deep. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { listAt, resolvedSchema, type ApiDocument } from "../document/document.ts";

const maxDepth = 12;
/** Of one combination; a choice among more is not looked through. */
const maxParts = 32;

export function partsOf(document: ApiDocument, schema: Json, depth = 0): JsonObject[] {
  const found = resolvedSchema(document, schema, "#")?.value;
  if (!found || depth > maxDepth) return [];
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((name) => listAt(found, name)).filter(isJsonObject);
  return [found, ...parts.slice(0, maxParts).flatMap((part) => partsOf(document, part, depth + 1))];
}
