/** A body as text to be shown to people, without what is to be hidden. */
import { unescapeToken } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";

const hidden = "***";

/** Null where it is no text. */
export function redactedText(bytes: Uint8Array, contentType: string, pointers: readonly string[]): string | null {
  const text = decoded(bytes);
  if (text === null || !/\bjson\b/i.test(contentType)) return pointers.length > 0 && text !== null && !/\bjson\b/i.test(contentType) ? null : text;
  if (pointers.length === 0) return text;
  try {
    return JSON.stringify(redacted(JSON.parse(text) as Json, pointers));
  } catch {
    // Not the JSON that it says it is: nobody knows where in it the secrets are.
    return null;
  }
}

function redacted(document: Json, pointers: readonly string[]): Json {
  return pointers.reduce((whole, pointer) => hideAt(whole, pointer.split("/").slice(1).map(unescapeToken)), document);
}

function hideAt(value: Json, path: readonly string[]): Json {
  const [name, ...rest] = path;
  if (name === undefined) return hidden;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === name ? hideAt(item, rest) : item));
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: hideAt(value[name] as Json, rest) };
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
