/** The analysis' address: what all Observe pages share, and how it is looked at. */
import { fieldOf, type FieldName } from "@parley/contract/query/fields";
import { type ObserveSearch, parseObserveSearch } from "../../observe/search.ts";

export const views = ["groups", "heatmap", "changes", "conflicts", "versions", "cost"] as const;
export type View = (typeof views)[number];

export const measures = ["calls", "errors", "refused", "conflicts", "costUsd", "inputTokens", "outputTokens", "requestBytes", "responseBytes", "meanMs", "p50Ms", "p90Ms", "p95Ms", "p99Ms"] as const;
export type Measure = (typeof measures)[number];

export const changeMeasures = ["errors", "refused", "conflicts", "calls", "latency", "costUsd"] as const;
export type ChangeMeasure = (typeof changeMeasures)[number];

export interface AnalysisSearch extends ObserveSearch {
  view?: View;
  /** One or two fields, separated by a comma. */
  by?: string;
  measure?: Measure;
  /** What changed. */
  change?: ChangeMeasure;
  /** The calls in question; compared with all others of the range, or else with the range before. */
  selection?: string;
}

export function parseAnalysisSearch(search: Record<string, unknown>): AnalysisSearch {
  const parsed: AnalysisSearch = parseObserveSearch(search);
  const view = views.find((known) => known === search["view"]);
  if (view && view !== "groups") parsed.view = view;
  const by = fieldsOf(search["by"]);
  if (by.length > 0) parsed.by = by.join(",");
  const measure = measures.find((known) => known === search["measure"]);
  if (measure && measure !== "calls") parsed.measure = measure;
  const change = changeMeasures.find((known) => known === search["change"]);
  if (change && change !== "errors") parsed.change = change;
  const { selection } = search;
  if (typeof selection === "string" && selection !== "") parsed.selection = selection;
  return parsed;
}

export function fieldsOf(text: unknown): FieldName[] {
  if (typeof text !== "string") return [];
  const fields = text.split(",").flatMap((word) => fieldOf(word.trim()) ?? []);
  return [...new Set(fields)].slice(0, 2);
}
