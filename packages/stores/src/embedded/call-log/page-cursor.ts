/** Where a page of calls ended, as text that nobody needs to read. It belongs to one way of sorting. */
import { type CallSort, callSorts } from "@parley/contract/query/sort";
import { InvalidCursorError } from "../../ports/call-log.ts";

export interface Cursor {
  sort: CallSort;
  order: "asc" | "desc";
  /** Of what is sorted by; null for a call that has none. */
  value: number | null;
  at: number;
  id: string;
}

/** Newest first is what nearly every page is; it keeps the short form. */
export function encodeCursor({ sort, order, value, at, id }: Cursor): string {
  const parts = sort === "at" && order === "desc" ? [at, id] : [at, id, sort, order, value];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

export function decodeCursor(text: string, asked: Pick<Cursor, "sort" | "order">): Cursor {
  const cursor = cursorOf(text);
  // As it was written: not something that reads like it.
  if (cursor === null || encodeCursor(cursor) !== text) throw new InvalidCursorError("`after` is not what `next` of a page was; leave it out to begin anew");
  if (cursor.sort !== asked.sort || cursor.order !== asked.order) throw new InvalidCursorError(`\`after\` is of a page sorted by ${cursor.sort}, ${cursor.order}`);
  return cursor;
}

function cursorOf(text: string): Cursor | null {
  const parts = partsOf(text);
  const [at, id, sort = "at", order = "desc", value = null] = parts;
  if (typeof at !== "number" || typeof id !== "string" || typeof sort !== "string" || !Object.hasOwn(callSorts, sort)) return null;
  if ((order !== "asc" && order !== "desc") || (value !== null && typeof value !== "number")) return null;
  return { sort: sort as CallSort, order, value, at, id };
}

function partsOf(text: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
