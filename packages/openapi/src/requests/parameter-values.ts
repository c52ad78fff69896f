/** Hot path. Parameters as they stand in a request, read into values by their style (OpenAPI §4.8.12). */
import type { Json } from "@parley/merge";
import { objectAt, resolved, type ApiDocument } from "../document/document.ts";
import type { Parameter } from "../document/operations.ts";
import { typesOf } from "../schema/combinations.ts";

/** Undefined where it is not read: objects spread over several names are not looked at. */
export function valueOf(texts: readonly string[], parameter: Parameter, document: ApiDocument): Json | undefined {
  const text = texts[0] ?? "";
  if (parameter.isJson) return jsonOf(text);
  const schema = parameter.schema && resolved(document, parameter.schema.value, parameter.schema.place)?.value;
  if (!schema) return text;
  const types = typesOf(schema, document.dialect);
  if (types?.includes("object")) return undefined;
  if (types?.includes("array")) {
    const item = resolved(document, objectAt(schema, "items"), "")?.value ?? {};
    const itemTypes = typesOf(item, document.dialect);
    return itemTexts(texts, parameter).map((one) => scalar(one, itemTypes));
  }
  return scalar(text, types);
}

function itemTexts(texts: readonly string[], { style, explode, in: where }: Parameter): readonly string[] {
  if (explode && where === "query" && style === "form") return texts;
  const whole = texts.join(",");
  if (whole === "") return [];
  return whole.split(style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",").map((item) => item.trim());
}

/** As the type that the schema wants; a text that is no such thing stays a text, and the schema says so. */
function scalar(text: string, types: readonly string[] | null): Json {
  if (types === null || types.includes("string")) return text;
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
