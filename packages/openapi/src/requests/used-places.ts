/**
 * What of a schema a value uses: `/title`, `/status=archived`, and for items of arrays a star in the place of the index.
 * Only names and enumerated values that the document itself has: nobody's data is among them.
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, listAt, objectAt, type ApiDocument } from "../document/document.ts";
import { partsOf } from "../schema/parts.ts";

const maxPlaces = 64;
const maxDepth = 12;
/** Items beyond these look like those before. */
const maxItems = 8;

export function usedPlaces(value: Json, schema: JsonObject, document: ApiDocument): string[] {
  const places = new Set<string>();
  look({ value, schemas: [schema], at: "", depth: 0 }, places, document);
  return [...places];
}

interface Look {
  value: Json;
  /** Any of them may be the one that it is held to. */
  schemas: readonly JsonObject[];
  at: string;
  depth: number;
}

function look({ value, schemas, at, depth }: Look, places: Set<string>, document: ApiDocument): void {
  if (depth > maxDepth || places.size >= maxPlaces) return;
  const all = partsOf(document, schemas);
  if (Array.isArray(value)) {
    const items = all.map((schema) => objectAt(schema, "items"));
    for (const item of value.slice(0, maxItems)) look({ value: item, schemas: items, at: `${at}/*`, depth: depth + 1 }, places, document);
  } else if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      const named = all.flatMap((schema) => propertyOf(schema, name));
      if (named.length === 0) continue;
      const place = `${at}/${escapeToken(name)}`;
      if (places.size < maxPlaces) places.add(place);
      look({ value: value[name] as Json, schemas: named, at: place, depth: depth + 1 }, places, document);
    }
  } else if (typeof value === "string" && value.length <= 100 && all.some((schema) => listAt(schema, "enum").includes(value))) places.add(`${at}=${value}`);
}

function propertyOf(schema: JsonObject, name: string): JsonObject[] {
  const properties = objectAt(schema, "properties");
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) ? [property] : [];
}
