/** The members of a filter, and a query, as one query. */
import type { CallFilter } from "@parley/contract/api/calls";
import { allOf, term } from "@parley/contract/query/write";

export function queryOfFilter(filter: CallFilter, query = ""): string {
  const terms = (["service", "consumer", "kind", "method", "provider", "model"] as const).map((name) => (filter[name] === undefined ? "" : term(name, filter[name])));
  const path = filter.path === undefined ? "" : `path:*"${filter.path.replaceAll(/["\\]/g, String.raw`\$&`)}"*`;
  return allOf(...terms, filter.status === undefined ? "" : `status:${filter.status}`, path, query.trim());
}
