/** Hot path. Parameters as they stand in a request, read into values by their style (OpenAPI §4.8.12). */
import type { Json, JsonObject } from "@parley/merge";
import { listAt, objectAt, resolvedSchema, type ApiDocument } from "../document/document.ts";
import type { Parameter } from "../document/operations.ts";
import { typesOf } from "../schema/combinations.ts";

/** Undefined where it is not read: objects spread over several names are not looked at. */
export function valueOf(texts: readonly string[], parameter: Parameter, document: ApiDocument): Json | undefined {
  return readings(texts, parameter, document)[0];
}

/**
 * What the texts may mean, the first by the schema's own type. A schema of alternatives (`anyOf: [{ type: integer }, { type: "null" }]`,
 * as 3.1 writes what need not be there) has a reading for each. None where it is not read.
 */
export function readings(texts: readonly string[], parameter: Parameter, document: ApiDocument): Json[] {
  const text = texts[0] ?? "";
  if (parameter.isJson) return [jsonOf(text)];
  const schema = parameter.schema && resolvedSchema(document, parameter.schema.value, parameter.schema.place)?.value;
  if (!schema) return [text];
  const branches = branchesOf(schema, document);
  if (branches.some((branch) => typesOf(branch, document.dialect)?.includes("object"))) return [];
  return branches.map((branch) => readBy(branch, texts, { parameter, document }));
}

/** Whether the schema has no room for more than one value: which of them the service reads is its own secret. */
export function takesOne({ schema, isJson }: Parameter, document: ApiDocument): boolean {
  const found = schema && resolvedSchema(document, schema.value, schema.place)?.value;
  if (!found) return false;
  return isJson || branchesOf(found, document).every((branch) => {
    const types = typesOf(branch, document.dialect);
    return types !== null && !types.includes("array") && !types.includes("object");
  });
}

function readBy(schema: JsonObject, texts: readonly string[], { parameter, document }: { parameter: Parameter; document: ApiDocument }): Json {
  const types = typesOf(schema, document.dialect);
  if (!types?.includes("array")) return scalar(texts[0] ?? "", types);
  const item = resolvedSchema(document, objectAt(schema, "items"), "")?.value ?? {};
  const [first = item] = branchesOf(item, document);
  const itemTypes = typesOf(first, document.dialect);
  return itemTexts(texts, parameter).map((one) => scalar(one, itemTypes));
}

const maxBranches = 16;

/** The schema itself where it has a type or is made of no others; else those that it is made of. */
export function branchesOf(schema: JsonObject, document: ApiDocument, depth = 0): JsonObject[] {
  if (typesOf(schema, document.dialect) !== null || depth > 4) return [schema];
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((name) => listAt(schema, name)).slice(0, maxBranches);
  const found = parts.flatMap((part) => {
    const branch = resolvedSchema(document, part, "")?.value;
    return branch ? branchesOf(branch, document, depth + 1) : [];
  });
  return found.length === 0 ? [schema] : found.slice(0, maxBranches);
}

/** Of a list; what its items are, where the schema says so. */
export function itemsOf(schema: JsonObject): Json[] {
  return schema["items"] === undefined ? [] : [schema["items"]];
}

function itemTexts(texts: readonly string[], { style, explode, in: where }: Parameter): readonly string[] {
  if (explode && where === "query" && style === "form") return texts;
  const whole = texts.join(",");
  if (whole === "") return [];
  return whole.split(style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",").map((item) => item.trim());
}

/** As the type that the schema wants; a text that is no such thing stays a text, and the schema says so. */
export function scalar(text: string, types: readonly string[] | null): Json {
  if (types === null || types.includes("string")) return text;
  if (text === "" && types.includes("null")) return null;
  if ((types.includes("integer") || types.includes("number")) && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
