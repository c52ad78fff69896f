/** Alerts: what is measured of which calls, when that is worth waking somebody, and whom. */
import { z } from "zod";
import { parseQuery } from "../query/parse.ts";
import { duration, parseDuration } from "../units.ts";

/** Measured on the calls of a window; latencies in milliseconds, costs in USD, rates as a share from 0 to 1. */
export const callMetrics = [
  "calls", "calls_per_second", "errors", "error_rate", "refused", "refused_rate", "conflicts", "conflict_rate",
  "latency_mean", "latency_p50", "latency_p90", "latency_p95", "latency_p99",
  "input_tokens", "output_tokens", "tokens", "cost", "request_bytes", "response_bytes",
] as const;
export type CallMetric = (typeof callMetrics)[number];

/**
 * What else can be watched: `burn_rate` how many times too fast the errors that an objective leaves are used up,
 * `new_conflict_cause` causes of conflicts that were not there in the week before, `overlapping_edits` things that two edit
 * at this moment, `targets_out` targets of upstreams out of rotation, `certificate_days` days until the first certificate
 * ends, `budget_used` how much of the fullest budget is used and `disk_free` how much of the data directory's disk is free, both from 0 to 1.
 */
export const stateMetrics = ["new_conflict_cause", "overlapping_edits", "targets_out", "certificate_days", "budget_used", "disk_free"] as const;
export type StateMetric = (typeof stateMetrics)[number];

export const alertMetrics = [...callMetrics, "burn_rate", ...stateMetrics] as const;
export type AlertMetric = (typeof alertMetrics)[number];

/** Where a metric says by itself from when on it is trouble. */
const ownBounds: Partial<Record<AlertMetric, { above: number } | { below: number }>> = {
  burn_rate: { above: 1 }, new_conflict_cause: { above: 0 }, overlapping_edits: { above: 0 }, targets_out: { above: 0 }, certificate_days: { below: 14 }, budget_used: { above: 0.8 }, disk_free: { below: 0.05 },
};

export const maxWindowMs = 31 * 86_400_000;

/** A number in the metric's unit; latencies may be written as durations. */
const bound = z.union([z.number(), z.string()]).transform((value, context) => {
  const number = typeof value === "number" ? value : parseDuration(value);
  if (number !== null) return number;
  context.addIssue({ code: "custom", message: `"${value}" is neither a number nor a duration; write 0.05, or 500ms for a latency` });
  return z.NEVER;
});

const objective = z.strictObject({
  /** The share of calls that is to go well. */
  target: z.number().gt(0).lt(1),
  /** Calls slower than this have not gone well either. */
  latency: duration.optional(),
  over: duration.prefault("30d"),
});
export type Objective = z.output<typeof objective>;

const condition = z.strictObject({
  metric: z.enum(alertMetrics),
  service: z.string().optional(),
  /** Which calls, in the query language. */
  query: z.string().max(4_000).optional(),
  above: bound.optional(),
  below: bound.optional(),
  /** Times the usual: the median of the same window at the same time of the seven days before. */
  aboveUsual: z.number().gt(0).max(1_000).optional(),
  belowUsual: z.number().gt(0).max(1).optional(),
  /** Fewer calls in the window say nothing. */
  leastCalls: z.int().min(0).max(1_000_000_000).default(0),
  /** Of what time the metric is taken. */
  window: duration.prefault("5m").refine((milliseconds) => milliseconds >= 1_000 && milliseconds <= maxWindowMs, "a window is 1s to 31d"),
  /** How long it has to hold without a break. */
  for: duration.prefault("0s").refine((milliseconds) => milliseconds <= maxWindowMs, "at most 31d"),
  objective: objective.optional(),
});

export const alert = z.strictObject({
  when: condition.superRefine((when, context) => {
    for (const [path, message] of mistakesOf(when)) context.addIssue({ code: "custom", path: [path], message });
  }),
  notify: z.array(z.string()).max(20),
  severity: z.enum(["critical", "error", "warning", "info"]).default("error"),
  /** What whoever gets it should know or do. */
  description: z.string().max(2_000).optional(),
  /** How often it is told again while it goes on; never, if left out. */
  repeat: duration.refine((milliseconds) => milliseconds >= 60_000, "at least 1m").optional(),
});
export type Alert = z.output<typeof alert>;

function mistakesOf(when: z.output<typeof condition>): [string, string][] {
  const mistakes: [string, string][] = [];
  if (boundsOf(when).length === 0) mistakes.push(["metric", `${when.metric} needs a bound: above, below, aboveUsual or belowUsual`]);
  if (when.metric === "burn_rate" && !when.objective) mistakes.push(["metric", "burn_rate needs an objective, such as { target: 0.999 }"]);
  if (when.metric !== "burn_rate" && when.objective) mistakes.push(["objective", "an objective belongs to the metric burn_rate"]);
  if (when.metric === "budget_used" && when.service !== undefined) mistakes.push(["service", "budgets are of consumers and teams, and not of a service"]);
  const usual = when.aboveUsual ?? when.belowUsual;
  if (usual !== undefined && !isCallMetric(when.metric)) mistakes.push([when.aboveUsual === undefined ? "belowUsual" : "aboveUsual", `${when.metric} has no usual value`]);
  if (usual !== undefined && when.window > 86_400_000) mistakes.push(["window", "what is compared with the usual has a window of at most 1d"]);
  if (when.query !== undefined) mistakes.push(...queryMistakes(when.query, when.metric));
  return mistakes;
}

function queryMistakes(text: string, metric: AlertMetric): [string, string][] {
  if (!isCallMetric(metric) && metric !== "burn_rate" && metric !== "new_conflict_cause") return [["query", `${metric} is not about calls; it can be narrowed by service`]];
  const parsed = parseQuery(text, 0);
  if (!parsed.ok) return parsed.errors.map(({ from, message }) => ["query", `at character ${from + 1}: ${message}`]);
  const timed = parsed.query.clauses.some((clause) => clause.kind === "field" && clause.field === "at");
  return timed ? [["query", "the time is the window's; a query of an alert has no at:"]] : [];
}

export function isCallMetric(metric: AlertMetric): metric is CallMetric {
  return (callMetrics as readonly string[]).includes(metric);
}

/** A value beyond any of them is trouble. */
export type AlertBound = { kind: "above" | "below"; value: number } | { kind: "aboveUsual" | "belowUsual"; times: number };

export function boundsOf({ metric, above, below, aboveUsual, belowUsual }: Pick<Alert["when"], "metric" | "above" | "below" | "aboveUsual" | "belowUsual">): AlertBound[] {
  const own = ownBounds[metric];
  const silent = above === undefined && below === undefined;
  const least = above ?? (silent && own && "above" in own ? own.above : undefined);
  const most = below ?? (silent && own && "below" in own ? own.below : undefined);
  return [
    ...(least === undefined ? [] : [{ kind: "above" as const, value: least }]),
    ...(most === undefined ? [] : [{ kind: "below" as const, value: most }]),
    ...(aboveUsual === undefined ? [] : [{ kind: "aboveUsual" as const, times: aboveUsual }]),
    ...(belowUsual === undefined ? [] : [{ kind: "belowUsual" as const, times: belowUsual }]),
  ];
}
