/** Hides what the configuration says is not to be shown, wherever it stands in a value. */
import { appendToken, isJsonObject, isWithin, type Json, type JsonObject } from "@parley/merge";

export const redacted = "redacted";

/** `at` is the value's own pointer in the document. */
export function redactValue(value: Json, at: string, pointers: readonly string[]): Json {
  if (pointers.length === 0) return value;
  if (pointers.some((pointer) => isWithin(at, pointer))) return redacted;
  const inside = pointers.filter((pointer) => isWithin(pointer, at));
  if (inside.length === 0) return value;
  if (Array.isArray(value)) return value.map((item, index) => redactValue(item, `${at}/${index}`, inside));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, redactValue(member, appendToken(at, name), inside)] as const);
  return Object.fromEntries(entries) as JsonObject;
}
