/** The live view's address: the filter, and the chosen call. The range goes along to the other pages. */
import { type ObserveSearch, parseObserveSearch } from "../../observe/search.ts";

export interface LiveSearch extends ObserveSearch {
  call?: string;
}

export function parseLiveSearch(search: Record<string, unknown>): LiveSearch {
  const { call } = search;
  return { ...parseObserveSearch(search), ...(typeof call === "string" && call !== "" ? { call } : {}) };
}
