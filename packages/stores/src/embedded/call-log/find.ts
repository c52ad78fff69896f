/**
 * A page of calls, newest first or sorted by a figure. Pages are cut at the last call seen (its value, time and id), so that
 * new calls shift nothing.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { callSorts, type CallSort, sortedValueOf } from "@parley/contract/query/sort";
import type { CallPage, CallSearch } from "../../ports/call-log.ts";
import { isMember, recordOf } from "./columns.ts";
import { addFilter, addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { type Cursor, decodeCursor, encodeCursor } from "./page-cursor.ts";

interface Search {
  search: CallSearch;
  sort: CallSort;
  order: "asc" | "desc";
  cursor: Cursor | null;
}

export async function findCalls(engine: Engine, search: CallSearch, signal?: AbortSignal): Promise<CallPage> {
  const { sort = "at", order = "desc" } = search;
  const cursor = search.after === undefined ? null : decodeCursor(search.after, { sort, order });
  const asked = { search, sort, order, cursor };
  const rows = sort === "at" && order === "desc" ? await newestRows(engine, asked, signal) : await rowsSince(engine, asked, { from: search.from, signal });
  const items = rows.slice(0, search.limit).map(recordOf);
  const last = items.at(-1);
  return { items, next: rows.length > search.limit && last ? encodeCursor(cursorAt(last, { sort, order })) : null };
}

function cursorAt(call: CallRecord, { sort, order }: Pick<Search, "sort" | "order">): Cursor {
  return { sort, order, value: sortedValueOf(call, sort) ?? null, at: call.at, id: call.id };
}

/** A page is mostly full of what is new, so that the rest of a long log is looked at only where it is not. */
const lookBacksMs = [3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000];

async function newestRows(engine: Engine, asked: Search, signal: AbortSignal | undefined): Promise<Record<string, unknown>[]> {
  const end = asked.cursor?.at ?? asked.search.to ?? Number((await engine.read('select max("at") as newest from calls', [], signal))[0]?.["newest"] ?? 0);
  for (const lookBackMs of lookBacksMs) {
    const from = end - lookBackMs;
    if (from <= (asked.search.from ?? 0)) break;
    const rows = await rowsSince(engine, asked, { from, signal });
    if (rows.length > asked.search.limit) return rows;
  }
  return rowsSince(engine, asked, { from: asked.search.from, signal });
}

function rowsSince(engine: Engine, { search, sort, order, cursor }: Search, { from, signal }: { from: number | undefined; signal: AbortSignal | undefined }): Promise<Record<string, unknown>[]> {
  const conditions = new Conditions();
  addFilter(conditions, search);
  addRange(conditions, { ...search, from });
  if (cursor !== null) addCursor(conditions, cursor);
  const by = sort === "at" ? `"at" ${order}, id ${order}` : `${sortedBy(sort)} ${order} nulls last, "at" desc, id desc`;
  return engine.read(`select ${columnsOf(search.members, sort)} from calls ${conditions.where} order by ${by} limit ${search.limit + 1}`, conditions.values, signal);
}

/** Of several members the sum, where there is any of them. */
function sortedBy(sort: CallSort): string {
  const members = callSorts[sort].map((member) => `"${member}"`);
  if (members.length === 1) return members.join("");
  return `case when coalesce(${members.join(", ")}) is not null then ${members.map((member) => `coalesce(${member}, 0)`).join(" + ")} end`;
}

/** With those that a page is cut by. */
export function columnsOf(members: readonly string[] | undefined, sort: CallSort = "at"): string {
  if (members === undefined) return "*";
  return [...new Set(["id", "at", ...callSorts[sort], ...members.filter(isMember)])].map((name) => `"${name}"`).join(", ");
}

function addCursor(conditions: Conditions, { sort, order, value, at, id }: Cursor): void {
  const [time, name] = [conditions.value(at), conditions.value(id)];
  const later = (than: "<" | ">"): string => `("at" ${than} ${time} or ("at" = ${time} and id ${than} ${name}))`;
  if (sort === "at") return conditions.add(later(order === "asc" ? ">" : "<"));
  const place = sortedBy(sort);
  if (value === null) return conditions.add(`(${place} is null and ${later("<")})`);
  const bound = conditions.value(value);
  conditions.add(`(${place} ${order === "asc" ? ">" : "<"} ${bound} or ${place} is null or (${place} = ${bound} and ${later("<")}))`);
}
