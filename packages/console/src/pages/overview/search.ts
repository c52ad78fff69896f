/** The overview's address: what all Observe pages share, and whether the period before stands beside it. */
import { type ObserveSearch, parseObserveSearch } from "../../observe/search.ts";

export interface OverviewSearch extends ObserveSearch {
  compare?: "none";
}

export function parseOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  return { ...parseObserveSearch(search), ...(search["compare"] === "none" ? { compare: "none" as const } : {}) };
}
