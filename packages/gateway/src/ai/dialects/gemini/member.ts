import { isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** The object with its members' names as Google's JSON has them: its API takes snake_case too. Not below the first level. */
export function camelCased(object: JsonObject): JsonObject {
  if (!Object.keys(object).some((name) => name.includes("_"))) return object;
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]));
}

/** A member that has to be an object if it is there, its names as above. */
export function camelCasedMember(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? camelCased(value) : undefined;
}
