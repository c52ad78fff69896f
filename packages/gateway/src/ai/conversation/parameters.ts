/**
 * Strict reading of what a caller sent: a wrong type is a refusal that names the parameter by its path, such as
 * messages[2].content. `null` reads as absent, as all SDKs mean it.
 */
import type { ProblemCode } from "@parley/contract/problems/table";
import { RefusalError } from "../../exchange/answer.ts";
import { isList, isObject } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";

export function refuseParameter(code: Extract<ProblemCode, "invalid-request" | "unsupported-parameter">, parameter: string, detail: string): never {
  throw new RefusalError({ code, detail, extensions: { param: parameter } });
}

/** Where a member stands: `at` is the path of its object, empty at the top. */
export function pathOf(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

export function optionalText(object: JsonObject, name: string, at = ""): string | undefined {
  const value = object[name] ?? undefined;
  return value === undefined || typeof value === "string" ? value : wrongType(value, pathOf(at, name), "a string");
}

export function requiredText(object: JsonObject, name: string, at = ""): string {
  return optionalText(object, name, at) ?? refuseParameter("invalid-request", pathOf(at, name), `${pathOf(at, name)} is missing; it has to be a string`);
}

export function optionalNumber(object: JsonObject, name: string, at = ""): number | undefined {
  const value = object[name] ?? undefined;
  return value === undefined || typeof value === "number" ? value : wrongType(value, pathOf(at, name), "a number");
}

export function optionalInteger(object: JsonObject, name: string, at = ""): number | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value))) return value;
  return wrongType(value, pathOf(at, name), "an integer");
}

export function optionalBoolean(object: JsonObject, name: string, at = ""): boolean | undefined {
  const value = object[name] ?? undefined;
  return value === undefined || typeof value === "boolean" ? value : wrongType(value, pathOf(at, name), "true or false");
}

export function optionalObject(object: JsonObject, name: string, at = ""): JsonObject | undefined {
  const value = object[name] ?? undefined;
  return value === undefined || isObject(value) ? value : wrongType(value, pathOf(at, name), "an object");
}

export function requiredObject(object: JsonObject, name: string, at = ""): JsonObject {
  return optionalObject(object, name, at) ?? refuseParameter("invalid-request", pathOf(at, name), `${pathOf(at, name)} is missing; it has to be an object`);
}

export function optionalList(object: JsonObject, name: string, at = ""): readonly JsonValue[] | undefined {
  const value = object[name] ?? undefined;
  return value === undefined || isList(value) ? value : wrongType(value, pathOf(at, name), "a list");
}

/** An item of a list that has to be an object. */
export function itemObject(item: JsonValue, path: string): JsonObject {
  return isObject(item) ? item : wrongType(item, path, "an object");
}

export function wrongType(value: JsonValue, path: string, expected: string): never {
  return refuseParameter("invalid-request", path, `${path} has to be ${expected}, and is ${describe(value)}`);
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (isList(value)) return "a list";
  if (isObject(value)) return "an object";
  if (typeof value === "string") return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return String(value);
}
