/** JSON pointers (RFC 6901). */
import { isJsonObject, type Json, member } from "./json.ts";

/** Null where the text is no pointer: it neither is empty nor starts with a slash, or has a `~` that is no escape. */
export function parsePointer(text: string): string[] | null {
  if (text === "") return [];
  if (!text.startsWith("/") || /~(?![01])/.test(text)) return null;
  return text.slice(1).split("/").map(unescapeToken);
}

/** From tokens as they are to a pointer; none is the whole document, "". */
export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${escapeToken(String(token))}`).join("");
}

/** The pointer of a member, or of an item, of what `pointer` leads to. */
export function appendToken(pointer: string, token: string | number): string {
  return `${pointer}/${escapeToken(String(token))}`;
}

/** A member's name as it stands between two slashes of a pointer (RFC 6901 §3). */
export function escapeToken(token: string): string {
  return token.includes("~") || token.includes("/") ? token.replaceAll("~", "~0").replaceAll("/", "~1") : token;
}

/** The member's name that a token stands for: `~1` first, or `~01` would become a slash (RFC 6901 §4). */
export function unescapeToken(token: string): string {
  return token.includes("~") ? token.replaceAll("~1", "/").replaceAll("~0", "~") : token;
}

/** True if `pointer` is `ancestor` or below it. */
export function isWithin(pointer: string, ancestor: string): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}

/** Undefined where nothing is there. */
export function resolvePointer(document: Json | undefined, pointer: string): Json | undefined {
  const tokens = parsePointer(pointer);
  if (tokens === null) return undefined;
  let value = document;
  for (const token of tokens) value = value === undefined ? undefined : child(value, token);
  return value;
}

export function child(value: Json, token: string): Json | undefined {
  if (Array.isArray(value)) {
    const index = arrayIndex(token);
    return index === null ? undefined : value[index];
  }
  return isJsonObject(value) ? member(value, token) : undefined;
}

/** RFC 6901 §4: digits without a leading zero. */
export function arrayIndex(token: string): number | null {
  return /^(?:0|[1-9]\d{0,15})$/.test(token) ? Number(token) : null;
}
