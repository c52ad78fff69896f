import { isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** Google's subset of OpenAPI's schema as JSON Schema: types in small letters, and null as a type of its own. */
export function plainSchema(schema: JsonObject): JsonObject {
  const { nullable, type, propertyOrdering: _ordering, ...rest } = schema;
  const members = Object.entries(rest).map(([name, value]): [string, JsonValue | undefined] => [name, plainMember(name, value)]);
  const plain = typeof type === "string" ? type.toLowerCase() : type;
  const written = plain === undefined ? {} : { type: nullable === true && typeof plain === "string" ? [plain, "null"] : plain };
  return { ...written, ...Object.fromEntries(members) };
}

function plainMember(name: string, value: JsonValue | undefined): JsonValue | undefined {
  if (name === "properties" && isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, isObject(each) ? plainSchema(each) : each]));
  if ((name === "anyOf" || name === "prefixItems") && isList(value)) return value.map((each) => (isObject(each) ? plainSchema(each) : each));
  // Google writes 64-bit numbers as text.
  if (/^(?:min|max)(?:Items|Length|Properties)$/.test(name) && typeof value === "string") return Number(value);
  return name === "items" && isObject(value) ? plainSchema(value) : value;
}
