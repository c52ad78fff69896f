/**
 * Arguments of tool calls are JSON text in the model; some dialects want them as an object. Numbers that a double cannot
 * hold keep their digits: they are carried as raw JSON from the text that is read to the text that is written.
 */
import { isObject } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** Since V8 11.4; TypeScript's own declarations lack it. */
const json = JSON as unknown as { rawJSON(text: string): JsonValue };

/** No text at all is the empty object. Undefined where the text is not a JSON object. */
export function parseArguments(text: string): JsonObject | undefined {
  if (text.trim() === "") return {};
  try {
    const value = (/\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return String(value) === context.source ? value : json.rawJSON(context.source);
}
