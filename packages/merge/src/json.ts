/**
 * JSON values, and access to members that is safe for every name: `__proto__` and `constructor` are members like any other.
 * Nothing here goes deeper into a document than `limits.ts` allows, so recursion is bounded by the limits' depth.
 */
import { isLongNumber, sameLongNumber } from "./exact-numbers.ts";

/** What JSON.parse gives, or `parseExactly`. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/** No list, no null, and no number that is kept as it was written. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLongNumber(value);
}

/** Undefined where the object itself has no such member, whatever its prototype has. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Assigning to `__proto__` would change the prototype instead. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  if (name === "__proto__") Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

/** Equality of values: members in any order, numbers as numbers (so 0 and -0 are one), also where they are longer than a double. */
export function equalJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every((item, index) => equalJson(item, right[index]));
  if (!isJsonObject(left) || !isJsonObject(right)) return sameLongNumber(left, right);
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && equalJson(left[name], right[name]));
}

/** A copy that shares nothing with the original. */
export function copyJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(copyJson);
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) setMember(copy, name, copyJson(value[name] ?? null));
  return copy;
}
