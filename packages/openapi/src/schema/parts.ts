/** A schema, what it refers to, and what it is put together from, however deep. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { listAt, resolvedSchema, type ApiDocument } from "../document/document.ts";

const maxDepth = 12;
/** Of one combination; a choice among more is not looked through. */
const maxParts = 32;

/** Each once, however many ways lead to it. */
export function partsOf(document: ApiDocument, schemas: readonly Json[]): JsonObject[] {
  const parts = new Set<JsonObject>();
  for (const schema of schemas) collect(document, schema, { parts, depth: 0 });
  return [...parts];
}

function collect(document: ApiDocument, schema: Json, { parts, depth }: { parts: Set<JsonObject>; depth: number }): void {
  const found = resolvedSchema(document, schema, "#")?.value;
  if (!found || depth > maxDepth || parts.has(found)) return;
  parts.add(found);
  const own = ["allOf", "anyOf", "oneOf"].flatMap((name) => listAt(found, name)).filter(isJsonObject);
  for (const part of own.slice(0, maxParts)) collect(document, part, { parts, depth: depth + 1 });
}
