/** JSON as the codecs see it, and lenient reading of what a provider sent: a wrong type reads as absent, never as a crash. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue | undefined;
}
/** An object under construction by a writer. */
export type JsonDraft = { [member: string]: JsonValue | undefined };

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The objects of a list; an empty list where there is none. */
export function asObjects(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}

export function asText(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function asNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** ECMA-262 §21.4.1.1. */
const latestSeconds = 8.64e12;

/** More than any answer takes. */
const mostCounted = 1e12;

/** How many there are: nobody is billed less than nothing, nor without end, for what a provider miscounts. */
export function asCount(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && value >= 0 && value <= mostCounted ? value : undefined;
}

/** Unix seconds, where they are a time that a date can be. */
export function asTime(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Math.abs(value) <= latestSeconds ? value : undefined;
}

/** The name of the first member that says something, for objects that are told apart by the member that they have. */
export function firstMember(object: JsonObject): string | undefined {
  for (const name in object) if (object[name] !== null && object[name] !== undefined) return name;
  return undefined;
}

/** The value, or undefined where the text is not JSON. */
export function tryParseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
