/** What each view of the analysis gets. */
import type { AnalysisSearch } from "./search.ts";

export interface ViewProps {
  search: AnalysisSearch;
  onSearch: (search: AnalysisSearch) => void;
  /** What is asked of the admin API: the filter, and the range in Unix milliseconds. */
  asked: { query: string; from: number; to?: number };
}
