/**
 * What all Observe pages share: one filter in the query language and one range of time, both in the address, so that an
 * address shows the same to everybody who opens it. Pages add members of their own. May import the contract's query language.
 */
import { isSpan, type Range, type Span } from "./range.ts";

export interface ObserveSearch {
  /** The filter, as docs/query-language.md says. */
  q?: string;
  /** The last so long; an hour where neither it nor from and to are there. */
  range?: Span;
  /** Unix milliseconds; only together with `to`. */
  from?: number;
  to?: number;
}

const defaultSpan: Span = "1h";

/** Takes what it knows from an address that anybody may have typed. */
export function parseObserveSearch(search: Record<string, unknown>): ObserveSearch {
  const parsed: ObserveSearch = {};
  const query = textOf(search["q"]).trim();
  if (query !== "") parsed.q = query;
  const [from, to] = [momentOf(search["from"]), momentOf(search["to"])];
  if (from !== null && to !== null && from < to) return { ...parsed, from, to };
  const span = textOf(search["range"]);
  if (isSpan(span) && span !== defaultSpan) parsed.range = span;
  return parsed;
}

export function rangeOf(search: ObserveSearch): Range {
  if (search.from !== undefined && search.to !== undefined) return { kind: "between", from: search.from, to: search.to };
  return { kind: "last", span: search.range ?? defaultSpan };
}

/** The search with another range, and everything else as it was. */
export function withRange<Search extends ObserveSearch>(search: Search, range: Range): Search {
  const { range: _, from: __, to: ___, ...rest } = search;
  const written: ObserveSearch = range.kind === "between" ? { from: Math.round(range.from), to: Math.round(range.to) } : range.span === defaultSpan ? {} : { range: range.span };
  return { ...rest, ...written } as unknown as Search;
}

export function withQuery<Search extends ObserveSearch>(search: Search, query: string): Search {
  const { q: _, ...rest } = search;
  return (query.trim() === "" ? rest : { ...rest, q: query.trim() }) as Search;
}

/** What goes along from one Observe page to the next. */
export function sharedOf(search: ObserveSearch): ObserveSearch {
  const { q, range, from, to } = search;
  return { ...(q === undefined ? {} : { q }), ...(range === undefined ? {} : { range }), ...(from === undefined || to === undefined ? {} : { from, to }) };
}

/** A query of the admin API begins with its range of time; here that is the page's range. */
export function searchOfQuery(query: string): ObserveSearch {
  const found = /(?:^|\s)at:(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?=\s|$)/.exec(query);
  if (!found) return withQuery({}, query);
  const rest = `${query.slice(0, found.index)} ${query.slice(found.index + found[0].length)}`.trim();
  return withQuery({ from: Math.floor(Number(found[1])), to: Math.ceil(Number(found[2])) }, rest);
}

/** The router reads 409 as a number. */
function textOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : "";
}

function momentOf(value: unknown): number | null {
  const moment = typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(moment) && moment >= 0 && moment < 8.64e15 ? moment : null;
}
