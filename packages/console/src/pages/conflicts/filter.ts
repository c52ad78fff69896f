/** The filter of the conflicts as it stands in the address: opening the address shows the same. */
import { conflictCauses, type ConflictCause } from "@parley/contract/conflicts/cause";
import type { Input } from "../../api/types.ts";

export const conflictTabs = ["potential", "lost", "prevented", "merged", "explained"] as const;
export type ConflictTab = (typeof conflictTabs)[number];

export interface ConflictsSearch {
  tab?: ConflictTab;
  cause?: ConflictCause;
  service?: string;
  consumer?: string;
  resource?: string;
}

/** Takes what it knows from an address that anybody may have typed. */
export function parseConflictsSearch(search: Record<string, unknown>): ConflictsSearch {
  const parsed: ConflictsSearch = {};
  const tab = conflictTabs.find((known) => known === search["tab"]);
  if (tab) parsed.tab = tab;
  const cause = conflictCauses.find((known) => known === search["cause"]);
  if (cause) parsed.cause = cause;
  for (const member of ["service", "consumer", "resource"] as const) {
    const value = search[member];
    // The router reads 409 as a number.
    if ((typeof value === "string" && value !== "") || typeof value === "number") parsed[member] = String(value);
  }
  return parsed;
}

type Query = NonNullable<Input<"listConflicts">["query"]>;

/** What was refused by the upstream itself was not prevented here, and was explained. */
export function queryOf({ tab, ...filter }: ConflictsSearch): Query {
  if (tab === undefined) return filter;
  if (tab === "explained") return { ...filter, origin: "upstream" };
  return tab === "prevented" ? { ...filter, state: "prevented", origin: "gateway" } : { ...filter, state: tab };
}

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
