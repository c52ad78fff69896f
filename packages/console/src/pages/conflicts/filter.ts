/** The address of the conflicts: filter and range as everywhere, and the tab. Opening it shows the same. */
import { conflictFields, foreignToConflicts } from "@parley/contract/query/conflicts";
import { parseQuery } from "@parley/contract/query/parse";
import { allOf, term } from "@parley/contract/query/write";
import type { Input } from "../../api/types.ts";
import { chosenValues } from "../../observe/query-terms.ts";
import { boundsOf } from "../../observe/range.ts";
import { type ObserveSearch, parseObserveSearch, rangeOf, withQuery } from "../../observe/search.ts";

export const conflictTabs = ["potential", "lost", "prevented", "merged", "explained"] as const;
export type ConflictTab = (typeof conflictTabs)[number];

export interface ConflictsSearch extends ObserveSearch {
  tab?: ConflictTab;
}

/** Addresses may name single values, as in /conflicts?service=notes&cause=busy: they become terms of the filter. */
const namedFields = { service: "service", cause: "cause", consumer: "consumer", resource: "path" } as const;

/** Takes what it knows from an address that anybody may have typed. One that names values and no range means all that is on record lately. */
export function parseConflictsSearch(search: Record<string, unknown>): ConflictsSearch {
  const shared = parseObserveSearch(search);
  const terms = Object.entries(namedFields).map(([name, field]) => {
    const value = search[name];
    // The router reads 409 as a number.
    const isNamed = (typeof value === "string" && value !== "") || typeof value === "number";
    // The router reads an address more than once, and what came of it the last time stands in it, too.
    return isNamed && !chosenValues(shared.q ?? "", field).includes(String(value)) ? term(field, value) : "";
  });
  const named = allOf(...terms);
  const parsed: ConflictsSearch = withQuery(shared, allOf(shared.q ?? "", named));
  if (named !== "" && shared.from === undefined && search["range"] === undefined) parsed.range = lately;
  const tab = conflictTabs.find((known) => known === search["tab"]);
  if (tab) parsed.tab = tab;
  return parsed;
}

const lately = "30d";

/** The conflicts of one thing, for links from its page. */
export function conflictsAbout(values: { service?: string; resource?: string; consumer?: string }): ConflictsSearch {
  const { service, resource, consumer } = values;
  return { q: allOf(service === undefined ? "" : term("service", service), resource === undefined ? "" : term("path", resource), consumer === undefined ? "" : term("consumer", consumer)), range: lately };
}

export interface Askable {
  /** What of the filter conflicts can be asked for. */
  query: string;
  /** Terms of the shared filter that say nothing of conflicts, as they were written. */
  left: string[];
}

/** The filter is that of all Observe pages, and calls have more fields than conflicts. */
export function askableOf({ q = "" }: Pick<ConflictsSearch, "q">): Askable {
  const parsed = parseQuery(q, 0);
  if (!parsed.ok) return { query: "", left: [] };
  const foreign = foreignToConflicts(parsed.query).map(({ place }) => place);
  const query = foreign.toReversed().reduce((text, { from, to }) => allOf(text.slice(0, from).trim(), text.slice(to).trim()), q);
  return { query, left: foreign.map(({ from, to }) => q.slice(from, to)) };
}

type Query = NonNullable<Input<"listConflicts">["query"]>;

/** What was refused by the upstream itself was not prevented here, and was explained. What may happen is of this moment, and has no range. */
export function queryOf(search: ConflictsSearch, now: number): Query {
  const { query } = askableOf(search);
  const { from, to } = boundsOf(rangeOf(search), now);
  const asked: Query = { ...(query === "" ? {} : { query }), ...(search.tab === "potential" ? {} : { from, ...(to === undefined ? {} : { to }) }) };
  if (search.tab === undefined) return asked;
  if (search.tab === "explained") return { ...asked, origin: "upstream" };
  return search.tab === "prevented" ? { ...asked, state: "prevented", origin: "gateway" } : { ...asked, state: search.tab };
}

export const fieldsOfConflicts = conflictFields.filter((field) => field !== "at").join(", ");

type Kind = { state: string; origin: string; count: number };

export function tabCounts(kinds: readonly Kind[], potential: number): Record<ConflictTab | "all", number> {
  const counted = (admits: (kind: Kind) => boolean): number => kinds.filter(admits).reduce((sum, { count }) => sum + count, 0);
  return {
    all: counted(() => true),
    potential,
    lost: counted(({ state }) => state === "lost"),
    prevented: counted(({ state, origin }) => state === "prevented" && origin === "gateway"),
    merged: counted(({ state }) => state === "merged"),
    explained: counted(({ origin }) => origin === "upstream"),
  };
}
