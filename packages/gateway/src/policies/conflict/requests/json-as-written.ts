/**
 * JSON that is changed in places and sent on: what is not touched stays as it was written, or an id past 2^53 would reach the
 * upstream as another one.
 */
import { isUtf8 } from "node:buffer";
import { isJsonObject, type Json, parsePointer } from "@parley/merge";

/** As ECMAScript's JSON.parse with source text has it, which the compiler's library does not know yet. */
interface JsonWithSource {
  parse(text: string, reviver: (this: unknown, name: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): Json;
}
const json = JSON as unknown as JsonWithSource;

/** Numbers that would come out otherwise stand as they are; to be written and not to be read. Undefined where it is no JSON in UTF-8. */
export function parseAsWritten(bytes: Buffer): Json | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    return json.parse(bytes.toString("utf8"), (_, value, { source }) => (typeof value === "number" && source !== undefined && String(value) !== source ? json.rawJSON(source) : value)) as Json;
  } catch {
    return undefined;
  }
}

/** The document with a value at a place; objects on the way are made, lists are not made longer. */
export function withValueAt(document: Json, pointer: string, value: Json): Json {
  return changed(document, parsePointer(pointer) ?? [], value);
}

export function withoutValueAt(document: Json, pointer: string): Json {
  return changed(document, parsePointer(pointer) ?? [], undefined);
}

function changed(document: Json | undefined, [token, ...below]: readonly string[], value: Json | undefined): Json {
  if (token === undefined) return value ?? null;
  if (Array.isArray(document)) return document.map((item, index) => (String(index) === token ? changed(item, below, value) : item));
  const members = isJsonObject(document) ? document : {};
  if (value !== undefined) return { ...members, [token]: changed(members[token], below, value) };
  if (!Object.hasOwn(members, token)) return members;
  if (below.length > 0) return { ...members, [token]: changed(members[token], below, undefined) };
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== token));
}
