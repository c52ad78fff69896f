/** A value that a JSON Schema allows, the same every time. */
import { asNumber, asObject, asObjects, asText, isList } from "../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../conversation/json.ts";

/** A schema may refer to itself; past this depth an example is null. */
const maxDepth = 8;

export function exampleOf(schema: JsonObject): JsonValue {
  return valueOf(schema, { root: schema, depth: 0 });
}

interface Place {
  /** Where `$ref` looks: only inside the schema itself. */
  root: JsonObject;
  depth: number;
}

function valueOf(schema: JsonObject, { root, depth }: Place): JsonValue {
  if (depth > maxDepth) return null;
  if (schema["const"] !== undefined) return schema["const"];
  if (schema["default"] !== undefined) return schema["default"];
  if (isList(schema["enum"])) return schema["enum"][0] ?? null;
  const below = { root, depth: depth + 1 };
  const referred = referredSchema(schema["$ref"], root);
  if (referred) return valueOf(referred, below);
  const [first] = [...asObjects(schema["anyOf"]), ...asObjects(schema["oneOf"]), ...asObjects(schema["allOf"])];
  if (first) return valueOf(first, below);
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
      return [valueOf(asObject(schema["items"]) ?? { type: "string" }, below)];
    default:
      return exampleObject(schema, below);
  }
}

function exampleObject(schema: JsonObject, below: Place): JsonObject {
  const properties = asObject(schema["properties"]) ?? {};
  const required = isList(schema["required"]) ? schema["required"] : Object.keys(properties);
  const example: JsonDraft = {};
  for (const [name, property] of Object.entries(properties)) if (required.includes(name)) example[name] = valueOf(asObject(property) ?? {}, below);
  return example;
}

/** `#/$defs/Name` and the like; what leads nowhere is as if it were not there. */
function referredSchema(reference: JsonValue | undefined, root: JsonObject): JsonObject | undefined {
  const pointer = asText(reference);
  if (!pointer?.startsWith("#/")) return undefined;
  let place: JsonObject | undefined = root;
  for (const token of pointer.slice(2).split("/")) place = asObject(place?.[token.replaceAll("~1", "/").replaceAll("~0", "~")]);
  return place;
}
