/**
 * JSON Schema for Gemini, which reads two languages. Its own `Schema` is a subset of OpenAPI's, known to every model and
 * version of the API; its fields for JSON Schema take nearly all of it. The rule: what the subset says exactly goes as the
 * subset, everything else as JSON Schema. `$schema` and comments say nothing about values and are left out of both, and
 * `additionalProperties: false` of the subset, whose objects have no further properties anyway.
 * https://ai.google.dev/api/caching#Schema
 */
import { isList, isObject } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";

export interface WrittenSchema {
  language: "subset" | "json-schema";
  schema: JsonObject;
}

export function writeSchema(schema: JsonObject): WrittenSchema {
  const subset = writeSubset(schema);
  return subset === null ? { language: "json-schema", schema: withoutComments(schema) } : { language: "subset", schema: subset };
}

const silentKeywords = new Set(["$schema", "$comment"]);
/** Taken over as they are; the value's form is checked by Google. */
const plainKeywords = new Set([
  "title", "description", "nullable", "default", "example", "required", "propertyOrdering", "pattern",
  "minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength", "minimum", "maximum",
]);
/** Google refuses any other format of a string, or of a number. */
const formats = new Set(["date-time", "enum", "float", "double", "int32", "int64"]);
const typeNames = new Set(["string", "number", "integer", "boolean", "array", "object"]);

/** Null where the subset cannot say it. */
function writeSubset(schema: JsonObject): JsonObject | null {
  const draft: JsonDraft = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || silentKeywords.has(keyword)) continue;
    if (plainKeywords.has(keyword)) draft[keyword] = value;
    else if (!writeKeyword(draft, keyword, value)) return null;
  }
  return draft["type"] === undefined && draft["anyOf"] === undefined ? null : draft;
}

/** False where the subset cannot say it. */
function writeKeyword(draft: JsonDraft, keyword: string, value: JsonValue): boolean {
  switch (keyword) {
    case "additionalProperties":
      return value === false;
    case "type":
      return writeType(draft, value);
    case "format":
      draft["format"] = value;
      return typeof value === "string" && formats.has(value);
    case "enum":
      draft["enum"] = value;
      return isList(value) && value.every((item) => typeof item === "string");
    case "items":
      return writeMember(draft, keyword, isObject(value) ? writeSubset(value) : null);
    case "properties":
      return writeMember(draft, keyword, isObject(value) ? writeProperties(value) : null);
    case "anyOf":
      return writeMember(draft, keyword, isList(value) ? writeAlternatives(value) : null);
    default:
      return false;
  }
}

function writeMember(draft: JsonDraft, keyword: string, value: JsonValue): boolean {
  draft[keyword] = value;
  return value !== null;
}

/** A list of a type and null is the type, nullable; longer lists are left to JSON Schema. Google's own names are in capitals. */
function writeType(draft: JsonDraft, value: JsonValue): boolean {
  const names = (isList(value) ? value : [value]).map((name) => (typeof name === "string" ? name.toLowerCase() : ""));
  const named = names.filter((name) => name !== "null");
  if (named.length !== 1 || !typeNames.has(named[0] ?? "")) return false;
  draft["type"] = named[0];
  if (named.length < names.length) draft["nullable"] = true;
  return true;
}

function writeProperties(properties: JsonObject): JsonObject | null {
  const draft: JsonDraft = {};
  for (const [name, schema] of Object.entries(properties)) {
    const written = isObject(schema) ? writeSubset(schema) : null;
    if (written === null) return null;
    draft[name] = written;
  }
  return draft;
}

function writeAlternatives(alternatives: readonly JsonValue[]): readonly JsonValue[] | null {
  const written = alternatives.map((alternative) => (isObject(alternative) ? writeSubset(alternative) : null));
  return written.includes(null) ? null : written;
}

function withoutComments(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([keyword]) => !silentKeywords.has(keyword));
  return Object.fromEntries(kept);
}
