/** What calls look like together: the overview, groups, heat maps, and what changed. Every count carries the query that finds its calls. */
import { z } from "zod";
import { atMost, fromTime, ofService, queryText, toTime } from "./search-parameters.ts";

const nullable = z.number().nullable();

export const figures = z.object({
  calls: z.number(),
  /** Answered with 5xx. */
  errors: z.number(),
  /** Answered with 4xx. */
  refused: z.number(),
  conflicts: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number(),
  meanMs: nullable,
  /** Percentiles are within 2 % of the true ones; null where there are no calls. */
  p50Ms: nullable,
  p90Ms: nullable,
  p95Ms: nullable,
  p99Ms: nullable,
});

/** The queries that find the calls behind the counts of the same names. */
const queries = z.object({ calls: z.string(), errors: z.string(), refused: z.string(), conflicts: z.string() });

const linked = figures.extend({ queries });

export const overviewQuery = z.object({
  from: fromTime("without it an hour before `to`"),
  to: toTime(),
  service: ofService,
  compare: z.enum(["none", "previous"]).default("none").describe("`previous` adds the range of the same length before."),
  points: z.coerce.number().int().min(1).max(1_000).default(120).describe("How many points the series has, about."),
  tops: atMost(100, 10, "How many entries each list has at most."),
});

const topValue = z.object({
  value: z.string(), service: z.string(), calls: z.number(), errors: z.number(), conflicts: z.number(), inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number(), query: z.string(),
});

export const overview = z.object({
  /** What the figures are of: what was asked for, widened to whole minutes, hours (from two days back) or days (from two months back). */
  from: z.number(),
  to: z.number(),
  stepMs: z.number(),
  totals: linked,
  callsPerSecond: z.number(),
  /** Of 1; null where there are no calls. */
  errorRate: nullable,
  conflictRate: nullable,
  causes: z.array(z.object({ cause: z.string(), calls: z.number(), rate: z.number(), query: z.string() })),
  statuses: z.array(z.object({ status: z.number(), calls: z.number(), query: z.string() })),
  services: z.array(linked.extend({ service: z.string() })),
  /** Of all that were seen the commonest; consumers and models by calls, resources by conflicts and then by writes. */
  consumers: z.array(topValue),
  models: z.array(topValue),
  resources: z.array(topValue),
  /** Steps without calls are left out. */
  series: z.array(figures.extend({ at: z.number() })),
  /** The range of the same length before it; null unless it was asked for. */
  previous: z.object({ from: z.number(), to: z.number(), totals: linked, causes: z.array(z.object({ cause: z.string(), calls: z.number() })), series: z.array(figures.extend({ at: z.number() })) }).nullable(),
});

const measure = z.enum(["calls", "errors", "refused", "conflicts", "requestBytes", "responseBytes", "inputTokens", "outputTokens", "costUsd", "meanMs", "p50Ms", "p90Ms", "p95Ms", "p99Ms"]);

export const analysisQuery = z.object({
  by: z.string().describe("One or two fields of the query language, separated by a comma."),
  measure: measure.default("calls").describe("By which the largest groups come first."),
  query: queryText,
  service: ofService,
  from: fromTime(),
  to: toTime(),
  limit: atMost(1_000, 50),
});

export const analysis = z.object({
  by: z.array(z.string()),
  totals: linked,
  /** How many groups there are, listed or not. */
  found: z.number(),
  groups: z.array(linked.extend({ values: z.array(z.string().nullable()) })),
});

export const heatMapQuery = z.object({ query: queryText, service: ofService, from: fromTime("without it an hour before `to`"), to: toTime() });
export const heatMap = z.object({
  from: z.number(), to: z.number(), stepMs: z.number(),
  cells: z.array(z.object({ at: z.number(), fromMs: z.number(), toMs: z.number(), calls: z.number(), query: z.string() })),
});

export const explainQuery = z.object({
  query: queryText.describe("The calls in question, in the query language; with a time in it, or within from and to."),
  baseline: queryText.describe("What they are compared with, in the query language; without it the same query in the range of the same length before."),
  from: fromTime("without it an hour before `to`, or as `query` says where there is a baseline"),
  to: toTime(),
  measure: z.enum(["calls", "errors", "refused", "conflicts", "costUsd", "latency"]).default("errors").describe("What moved; `latency` is the sum of the calls' durations."),
  limit: atMost(100, 20),
});

/** `query` finds the calls that `current` was counted of: of failures these alone. */
const reason = z.object({
  field: z.string(), value: z.string().nullable(), current: z.number(), baseline: z.number(),
  /** How many calls add to each: a latency is the sum over its calls. Where nothing of the measure was before, `baselineCalls` are all of the value's calls then. */
  currentCalls: z.number(), baselineCalls: z.number(), contribution: z.number(), shareBefore: z.number(), shareNow: z.number(), score: z.number(), query: z.string(),
});

export const explanation = z.object({
  measure: z.string(),
  current: z.object({ value: z.number(), calls: z.number(), query: z.string() }),
  baseline: z.object({ value: z.number(), calls: z.number(), query: z.string() }),
  /**
   * The values that explain the change best, first. `contribution` is the value's part of the whole change (1 is all of it),
   * `shareBefore` and `shareNow` its part of the measure. What is typical of everything explains nothing, however large it is.
   * Without any call in the baseline, `shareBefore` is the value's part of all calls now.
   */
  reasons: z.array(reason),
  /** Where failures are measured: what they look like, by the same measure. Empty otherwise. */
  symptoms: z.array(reason),
});
