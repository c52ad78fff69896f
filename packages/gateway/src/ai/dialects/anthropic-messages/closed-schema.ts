/**
 * The schema of an answer as Anthropic's API takes it: each object closed, and no bounds on numbers, texts and lists, for
 * which it refuses the request. A bound is told to the model in the description instead. What a caller of Anthropic's own API
 * writes is not touched. https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
import { isList, isObject } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

const bounds: ReadonlySet<string> = new Set([
  "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems", "minProperties", "maxProperties",
]);
const formats: ReadonlySet<JsonValue> = new Set(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);
const named: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);
const listed: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);

export function closedSchema(schema: JsonObject, notes: TranslationNotes): JsonObject {
  const closed: JsonDraft = {};
  const told: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined) continue;
    if (isBound(keyword, value)) told.push(`${keyword}: ${JSON.stringify(value)}`);
    else closed[keyword === "oneOf" ? "anyOf" : keyword] = below(keyword, value, notes);
  }
  if (told.length > 0) {
    notes.changed("response_format.schema", "Anthropic's answers cannot be held to bounds; they were told in the description");
    closed["description"] = [schema["description"], `{${told.join(", ")}}`].filter((text) => typeof text === "string").join("\n\n");
  }
  if (isOpen(schema)) {
    if (schema["additionalProperties"] === true) notes.changed("response_format.schema.additionalProperties", "Anthropic's answers have the named members alone");
    closed["additionalProperties"] = false;
  }
  return closed;
}

function isBound(keyword: string, value: JsonValue): boolean {
  if (keyword === "format") return !formats.has(value);
  return keyword === "minItems" ? value !== 0 && value !== 1 : bounds.has(keyword);
}

/** What other members have to be like cannot be said, and the API tells so. */
function isOpen({ type, properties, additionalProperties: others }: JsonObject): boolean {
  const isOfObject = type === "object" || (isList(type ?? null) && (type as readonly JsonValue[]).includes("object")) || properties !== undefined;
  return isOfObject && (others === undefined || others === true);
}

function below(keyword: string, value: JsonValue, notes: TranslationNotes): JsonValue {
  if (named.has(keyword) && isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, isObject(inner) ? closedSchema(inner, notes) : inner]));
  if (listed.has(keyword) && isList(value)) return value.map((inner) => (isObject(inner) ? closedSchema(inner, notes) : inner));
  return keyword === "items" && isObject(value) ? closedSchema(value, notes) : value;
}
