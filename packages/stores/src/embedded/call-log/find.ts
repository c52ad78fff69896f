/**
 * A page of calls, newest first or sorted by a figure. Pages are cut at the last call seen (its value, time and id), so that
 * new calls shift nothing.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { callSorts, type CallSort, sortedValueOf } from "@parley/contract/query/sort";
import type { CallPage, CallSearch } from "../../ports/call-log.ts";
import { columns, isMember, recordOf } from "./columns.ts";
import { addFilter, addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { absentFromText } from "./present-members.ts";
import { type Cursor, decodeCursor, encodeCursor } from "./page-cursor.ts";

interface Search {
  search: CallSearch;
  sort: CallSort;
  order: "asc" | "desc";
  cursor: Cursor | null;
  /** Members that no call of the range has. */
  absent: ReadonlySet<string>;
  /** A condition that holds besides the search's. */
  besides?: string;
}

export async function findCalls(engine: Engine, search: CallSearch, signal?: AbortSignal): Promise<CallPage> {
  const { sort = "at", order = "desc" } = search;
  const cursor = search.after === undefined ? null : decodeCursor(search.after, { sort, order });
  const asked = { search, sort, order, cursor, absent: await absentFromText(engine, search, signal) };
  const rows = await (sort !== "at" ? sortedRows(engine, asked, signal) : order === "desc" ? newestRows(engine, asked, signal) : rowsOf(engine, asked, { signal }));
  const items = rows.slice(0, search.limit).map(recordOf);
  const last = items.at(-1);
  return { items, next: rows.length > search.limit && last ? encodeCursor(cursorAt(last, { sort, order })) : null };
}

function cursorAt(call: CallRecord, { sort, order }: Pick<Search, "sort" | "order">): Cursor {
  return { sort, order, value: sortedValueOf(call, sort) ?? null, at: call.at, id: call.id };
}

/** A page is mostly full of what is new, so that the rest of a long log is looked at only where it is not, and nothing twice. */
const lookBacksMs = [3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000];

async function newestRows(engine: Engine, asked: Search, signal: AbortSignal | undefined): Promise<Record<string, unknown>[]> {
  const hasText = asked.search.where?.clauses.some(({ kind }) => kind === "text") ?? false;
  const end = asked.cursor?.at ?? asked.search.to ?? Number((await engine.read('select max("at") as newest from calls', [], signal))[0]?.["newest"] ?? 0);
  const rows: Record<string, unknown>[] = [];
  let { to } = asked.search;
  for (const from of [...lookBacksMs.map((lookBackMs) => end - lookBackMs).filter((at) => at > (asked.search.from ?? 0)), asked.search.from]) {
    const part = { ...asked, search: { ...asked.search, from, to, limit: asked.search.limit - rows.length } };
    rows.push(...(await (hasText ? rowsByMoment(engine, part, signal) : rowsOf(engine, part, { signal }))));
    if (rows.length > asked.search.limit) break;
    to = from;
  }
  return rows;
}

/** Those with a value, and only where they do not fill the page the newest of those without: most calls cost nothing, and few have tokens. */
async function sortedRows(engine: Engine, asked: Search, signal: AbortSignal | undefined): Promise<Record<string, unknown>[]> {
  const { search, sort, cursor } = asked;
  const members = callSorts[sort];
  if (members.some((member) => columns[member].missing !== undefined)) return rowsByMoment(engine, asked, signal);
  const among = (test: string, joined: string): string => `(${members.map((member) => `"${member}" ${test}`).join(joined)})`;
  const rows = cursor?.value === null ? [] : await rowsByMoment(engine, { ...asked, besides: among("is not null", " or ") }, signal);
  if (rows.length > search.limit) return rows;
  const without: Search = { ...asked, sort: "at", order: "desc", search: { ...search, limit: search.limit - rows.length }, cursor: cursor?.value === null ? { ...cursor, sort: "at", order: "desc" } : null, besides: among("is null", " and ") };
  return [...rows, ...(await newestRows(engine, without, signal))];
}

/**
 * First when the calls of the page were, which takes two narrow columns of every call; then those calls, which lie all over the
 * log, by their moments. In one statement the engine reads the ids of all calls, at several times the price.
 */
async function rowsByMoment(engine: Engine, asked: Search, signal: AbortSignal | undefined): Promise<Record<string, unknown>[]> {
  const conditions = conditionsOf(asked);
  const place = sortedBy(asked.sort);
  const by = asked.sort === "at" ? "" : `${place} ${asked.order} nulls last, `;
  const found = await engine.read(`select "at", ${place}::DOUBLE as place from calls ${conditions.where} order by ${by}"at" desc limit ${asked.search.limit + 1}`, conditions.values, signal);
  if (found.length === 0) return [];
  const last = found.at(-1)?.["place"];
  return rowsOf(engine, asked, { moments: [...new Set(found.map((row) => Number(row["at"])))], ...(typeof last === "number" ? { last } : {}), signal });
}

interface Rows {
  /** Of calls that began at one of these. */
  moments?: readonly number[];
  /** What the last of them is sorted by. */
  last?: number;
  signal: AbortSignal | undefined;
}

function rowsOf(engine: Engine, asked: Search, { moments, last, signal }: Rows): Promise<Record<string, unknown>[]> {
  const { search, sort, order } = asked;
  const conditions = conditionsOf(asked);
  // What lies outside of the bounds is not looked for in the list, which is six times as dear as they are.
  if (last !== undefined) conditions.add(`${sortedBy(sort)} ${order === "asc" ? "<=" : ">="} ${conditions.value(last)}`);
  if (moments) conditions.add(`"at" between ${conditions.value(Math.min(...moments))} and ${conditions.value(Math.max(...moments))} and "at" in (${moments.map((at) => conditions.value(at)).join(", ")})`);
  const by = sort === "at" ? `"at" ${order}, id ${order}` : `${sortedBy(sort)} ${order} nulls last, "at" desc, id desc`;
  return engine.read(`select ${columnsOf(search.members, sort)} from calls ${conditions.where} order by ${by} limit ${search.limit + 1}`, conditions.values, signal);
}

function conditionsOf({ search, cursor, absent, besides }: Search): Conditions {
  const conditions = new Conditions([], absent);
  addFilter(conditions, search);
  addRange(conditions, search);
  if (besides !== undefined) conditions.add(besides);
  if (cursor !== null) addCursor(conditions, cursor);
  return conditions;
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
