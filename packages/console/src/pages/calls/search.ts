/** The address of the calls: filter and range as everywhere, the chosen call, the columns. Opening it shows the same. */
import { allOf, term } from "@parley/contract/query/write";
import type { FieldName } from "@parley/contract/query/fields";
import { type ObserveSearch, parseObserveSearch, sharedOf, withQuery } from "../../observe/search.ts";
import { type CallOrder, isUsual, orderOf, orderText } from "./call-order.ts";

export interface CallsSearch extends ObserveSearch {
  /** The call whose detail stands beside the list. */
  call?: string;
  /** Chosen columns, separated by commas. */
  columns?: string;
  /** `latency`, or `latency.asc`; newest first without it. */
  sort?: string;
}

/** Addresses may name single values, as in /calls?status=4xx&service=notes: they become terms of the filter. */
const namedFields = ["service", "consumer", "kind", "method", "model", "provider", "status"] as const;

export function parseCallsSearch(search: Record<string, unknown>): CallsSearch {
  const shared = parseObserveSearch(search);
  const terms = namedFields.map((field) => {
    const value = textOf(search[field]);
    return value === "" ? "" : field === "status" ? `status:${value}` : term(field, value);
  });
  const path = textOf(search["path"]);
  const parsed: CallsSearch = withQuery(shared, allOf(shared.q ?? "", ...terms, path === "" ? "" : `path:*"${path.replaceAll(/["\\]/g, String.raw`\$&`)}"*`));
  const call = textOf(search["call"]);
  if (call !== "") parsed.call = call;
  const columns = textOf(search["columns"]);
  if (columns !== "") parsed.columns = columns;
  const order = orderOf(textOf(search["sort"]));
  if (!isUsual(order)) parsed.sort = orderText(order);
  return parsed;
}

/** The same list without the chosen call. */
export function listOf(search: CallsSearch): CallsSearch {
  return { ...sharedOf(search), ...(search.columns === undefined ? {} : { columns: search.columns }), ...(search.sort === undefined ? {} : { sort: search.sort }) };
}

/** The search with that order; the usual one is not named. */
export function withOrder(search: CallsSearch, order: CallOrder): CallsSearch {
  const { sort: _, ...rest } = search;
  return isUsual(order) ? rest : { ...rest, sort: orderText(order) };
}

/** A week of one thing's calls, for links from its page. */
export function callsWith(field: FieldName, value: string): CallsSearch {
  return { q: term(field, value), range: "7d" };
}

/** The router reads 409 as a number. */
function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : "";
}
