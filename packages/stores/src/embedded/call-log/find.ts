/** A page of calls, newest first. Pages are cut at the last call seen (its time and id), so that new calls shift nothing. */
import { InvalidCursorError, type CallPage, type CallSearch } from "../../ports/call-log.ts";
import { isMember, recordOf } from "./columns.ts";
import { addFilter, addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";

export async function findCalls(engine: Engine, search: CallSearch, signal?: AbortSignal): Promise<CallPage> {
  const cursor = search.after === undefined ? null : decodeCursor(search.after);
  const rows = await rowsOf(engine, { search, cursor }, signal);
  const items = rows.slice(0, search.limit).map(recordOf);
  const last = items.at(-1);
  return { items, next: rows.length > search.limit && last ? encodeCursor(last.at, last.id) : null };
}

/** A page is mostly full of what is new, so that the rest of a long log is looked at only where it is not. */
const lookBacksMs = [3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000];

interface Search {
  search: CallSearch;
  cursor: { at: number; id: string } | null;
}

async function rowsOf(engine: Engine, asked: Search, signal: AbortSignal | undefined): Promise<Record<string, unknown>[]> {
  const end = asked.cursor?.at ?? asked.search.to ?? Number((await engine.read('select max("at") as newest from calls', [], signal))[0]?.["newest"] ?? 0);
  for (const lookBackMs of lookBacksMs) {
    const from = end - lookBackMs;
    if (from <= (asked.search.from ?? 0)) break;
    const rows = await rowsSince(engine, asked, { from, signal });
    if (rows.length > asked.search.limit) return rows;
  }
  return rowsSince(engine, asked, { from: asked.search.from, signal });
}

function rowsSince(engine: Engine, { search, cursor }: Search, { from, signal }: { from: number | undefined; signal: AbortSignal | undefined }): Promise<Record<string, unknown>[]> {
  const conditions = new Conditions();
  addFilter(conditions, search);
  addRange(conditions, { ...search, from });
  if (cursor !== null) addCursor(conditions, cursor);
  return engine.read(`select ${columnsOf(search.members)} from calls ${conditions.where} order by "at" desc, id desc limit ${search.limit + 1}`, conditions.values, signal);
}

export function columnsOf(members: readonly string[] | undefined): string {
  if (members === undefined) return "*";
  return [...new Set(["id", "at", ...members.filter(isMember)])].map((name) => `"${name}"`).join(", ");
}

function addCursor(conditions: Conditions, { at, id }: { at: number; id: string }): void {
  const [time, name] = [conditions.value(at), conditions.value(id)];
  conditions.add(`("at" < ${time} or ("at" = ${time} and id < ${name}))`);
}

function encodeCursor(at: number, id: string): string {
  return Buffer.from(JSON.stringify([at, id])).toString("base64url");
}

function decodeCursor(cursor: string): { at: number; id: string } {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && typeof parts[0] === "number" && typeof parts[1] === "string") return { at: parts[0], id: parts[1] };
  } catch {
    // Falls through to the one refusal below.
  }
  throw new InvalidCursorError("`after` is not what `next` of a page was");
}
