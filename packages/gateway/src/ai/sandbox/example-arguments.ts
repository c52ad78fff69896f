/** A value that a JSON Schema allows, the same every time. */
import { asNumber, asObject, asObjects, asText, isList } from "../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../conversation/json.ts";

/** A schema may refer to itself; past this depth an example is null. */
const maxDepth = 8;

export function exampleOf(schema: JsonObject, depth = 0): JsonValue {
  if (depth > maxDepth) return null;
  if (schema["const"] !== undefined) return schema["const"];
  if (schema["default"] !== undefined) return schema["default"];
  if (isList(schema["enum"])) return schema["enum"][0] ?? null;
  const [first] = [...asObjects(schema["anyOf"]), ...asObjects(schema["oneOf"]), ...asObjects(schema["allOf"])];
  if (first) return exampleOf(first, depth + 1);
  const type = isList(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (asText(type) ?? "object") {
    case "string":
      return "text".padEnd(asNumber(schema["minLength"]) ?? 0, "x").slice(0, 1000);
    case "integer":
    case "number":
      return asNumber(schema["minimum"]) ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return [exampleOf(asObject(schema["items"]) ?? { type: "string" }, depth + 1)];
    default:
      return exampleObject(schema, depth);
  }
}

function exampleObject(schema: JsonObject, depth: number): JsonObject {
  const properties = asObject(schema["properties"]) ?? {};
  const required = isList(schema["required"]) ? schema["required"] : Object.keys(properties);
  const example: JsonDraft = {};
  for (const [name, property] of Object.entries(properties)) if (required.includes(name)) example[name] = exampleOf(asObject(property) ?? {}, depth + 1);
  return example;
}
