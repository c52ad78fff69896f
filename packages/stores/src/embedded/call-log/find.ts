/** A page of calls, newest first. Pages are cut at the last call seen (its time and id), so that new calls shift nothing. */
import { InvalidCursorError, type CallPage, type CallSearch } from "../../ports/call-log.ts";
import { isMember, recordOf } from "./columns.ts";
import { addFilter, addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";

export async function findCalls(engine: Engine, search: CallSearch, signal?: AbortSignal): Promise<CallPage> {
  const conditions = new Conditions();
  addFilter(conditions, search);
  addRange(conditions, search);
  if (search.after !== undefined) addCursor(conditions, search.after);
  const rows = await engine.read(`select ${columnsOf(search.members)} from calls ${conditions.where} order by "at" desc, id desc limit ${search.limit + 1}`, conditions.values, signal);
  const items = rows.slice(0, search.limit).map(recordOf);
  const last = items.at(-1);
  return { items, next: rows.length > search.limit && last ? encodeCursor(last.at, last.id) : null };
}

export function columnsOf(members: readonly string[] | undefined): string {
  if (members === undefined) return "*";
  return [...new Set(["id", "at", ...members.filter(isMember)])].map((name) => `"${name}"`).join(", ");
}

function addCursor(conditions: Conditions, cursor: string): void {
  const { at, id } = decodeCursor(cursor);
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
