/** What a call log says of many calls at once: figures, series, groups, and what changed between two sets. */
import type { FieldName } from "@parley/contract/query/fields";
import type { Query } from "@parley/contract/query/query";
import type { CallRange } from "./call-log.ts";

/** Sums, and percentiles of latency within 2 % of the true ones; those are null where there are no calls. */
export interface Figures {
  calls: number;
  /** Answered with 5xx. */
  errors: number;
  /** Answered with 4xx. */
  refused: number;
  conflicts: number;
  requestBytes: number;
  responseBytes: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  meanMs: number | null;
  p50Ms: number | null;
  p90Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** From rollups: whole minutes within the last two days, whole hours within two months, whole days before. */
export interface Overview {
  /** What was really looked at, in Unix milliseconds: what was asked for, widened to what rollups have. */
  from: number;
  to: number;
  stepMs: number;
  totals: Figures;
  /** Steps without calls are left out. */
  series: (Figures & { at: number })[];
  causes: { cause: string; calls: number }[];
  statuses: { status: number; calls: number }[];
  services: (Figures & { service: string })[];
  /** The commonest values; a rare one may have been counted with the others, so that these are lower bounds. */
  tops: Record<"consumer" | "model" | "resource", TopValue[]>;
}

export interface TopValue {
  value: string;
  service: string;
  calls: number;
  errors: number;
  conflicts: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

export interface OverviewAsked {
  from: number;
  to: number;
  service: string | null;
  /** Points of the series, about. */
  points: number;
  tops: number;
}

export const groupMeasures = ["calls", "errors", "refused", "conflicts", "requestBytes", "responseBytes", "inputTokens", "outputTokens", "costUsd", "meanMs", "p50Ms", "p90Ms", "p95Ms", "p99Ms"] as const;
export type GroupMeasure = (typeof groupMeasures)[number];

export interface GroupsAsked {
  /** One or two fields. */
  by: readonly FieldName[];
  /** By which the largest groups come first. */
  measure: GroupMeasure;
  limit: number;
}

/** Largest first; `totals` are of all, listed or not. A value is null where the calls have none. */
export interface Groups {
  totals: Figures;
  groups: (Figures & { values: (string | null)[] })[];
  /** How many groups there are. */
  found: number;
}

export interface SeriesAsked {
  stepMs: number;
  /** How many steps each point covers; 1 for steps that do not overlap. */
  overlap: number;
  /** Without them they are null, and it costs a fraction. */
  percentiles: boolean;
}

export interface HeatMap {
  stepMs: number;
  /** Calls that began in the step at `at` and took from `fromMs` to `toMs`. */
  cells: { at: number; fromMs: number; toMs: number; calls: number }[];
}

export const changeMeasures = ["calls", "errors", "refused", "conflicts", "costUsd", "durationMs"] as const;
export type ChangeMeasure = (typeof changeMeasures)[number];

export interface ChangeAsked {
  current: Query;
  baseline: Query;
  measure: ChangeMeasure;
  fields: readonly FieldName[];
  limit: number;
}

/** How much each value of each field has to do with the change of a measure from the baseline to now. A field without a value on either side is left out. */
export interface Change {
  current: number;
  baseline: number;
  /** The calls behind each. */
  currentCalls: number;
  baselineCalls: number;
  /** The calls of a value are those that add something to the measure; where it was nothing before, `baselineCalls` are all of its calls then. */
  values: { field: FieldName; value: string | null; current: number; baseline: number; currentCalls: number; baselineCalls: number }[];
}

export interface CallFigures {
  overview(asked: OverviewAsked, now: number, signal?: AbortSignal): Promise<Overview>;
  groups(range: CallRange, asked: GroupsAsked, signal?: AbortSignal): Promise<Groups>;
  /** Figures of the calls before each multiple of `stepMs`, over `overlap` steps; moments that nothing came before are left out. The last is the first multiple after the range. */
  series(range: CallRange & { from: number; to: number }, asked: SeriesAsked, signal?: AbortSignal): Promise<(Figures & { at: number })[]>;
  heatMap(range: CallRange & { from: number; to: number }, signal?: AbortSignal): Promise<HeatMap>;
  change(asked: ChangeAsked, signal?: AbortSignal): Promise<Change>;
  /** Adds up and coarsens what has aged; to be called every few minutes. */
  tidy(now: number): Promise<void>;
  /** Deletes rollups of before `at` (Unix milliseconds). */
  deleteFiguresBefore(at: number): Promise<void>;
}
