/**
 * What a rule on calls needs to know at a moment, and what it makes of it. Pure, so that the present and a preview of the past
 * come to the same judgement: who asks, and whether of now or of last week, is somebody else's matter.
 */
import { isCallMetric, type Alert, type CallMetric, type Objective } from "@parley/contract/config/alerts";
import { allOf, term } from "@parley/contract/query/write";
import type { Figures } from "@parley/stores/ports/call-figures";
import { callsText, countText, percentText } from "./figure-text.ts";

export type When = Alert["when"];

/** The calls of a window that ends at `end`; `narrow` is a query besides the rule's own. */
export interface Input {
  end: number;
  windowMs: number;
  narrow: string;
}

/** Of what a rule says, in its own unit. */
export interface Reading {
  /** Null where there is nothing to measure. */
  value: number | null;
  /** Null where there is no usual. */
  usual: number | null;
  /** Calls that it was measured on; null where it is not about calls. */
  calls: number | null;
  /** The counts behind the value. */
  figures: string;
  /** What it was measured over. */
  windowMs: number;
  /** Which calls are the trouble, besides the rule's own query. */
  narrow: string;
}

const dayMs = 86_400_000;
const usualDays = 7;
/** Windows of an objective as parts of its time, and how many times too fast is too fast: a fiftieth, a twentieth and a tenth of all errors allowed. */
const burnWindows = [{ part: 720, factor: 14.4 }, { part: 120, factor: 6 }, { part: 10, factor: 1 }] as const;
/** A short window beside each, so that an alert ends soon after its trouble. */
const shorter = 12;

export const errorsQuery = "status:500..599";

export function queryOfRule({ service, query }: When): string {
  return allOf(service === undefined ? "" : term("service", service), query?.trim() ?? "");
}

export function inputsOf(when: When, at: number): Input[] {
  if (when.metric === "burn_rate" && when.objective) return burnInputs(when.objective, at);
  const now = { end: at, windowMs: when.window, narrow: "" };
  if (when.aboveUsual === undefined && when.belowUsual === undefined) return [now];
  return [now, ...Array.from({ length: usualDays }, (_, day) => ({ ...now, end: at - (day + 1) * dayMs }))];
}

/** `figures` are those of `inputsOf`, in its order. */
export function readingOf(when: When, figures: readonly Figures[]): Reading {
  if (when.metric === "burn_rate" && when.objective) return burnReading(when.objective, figures);
  const [now, ...before] = figures;
  if (!now || !isCallMetric(when.metric)) return { value: null, usual: null, calls: 0, figures: "", windowMs: when.window, narrow: "" };
  const metric = when.metric;
  const values = before.flatMap((one) => valueOf(one, metric, when.window) ?? []).toSorted((one, other) => one - other);
  return {
    value: now.calls < when.leastCalls ? null : valueOf(now, metric, when.window), usual: medianOf(values),
    calls: now.calls, figures: countsOf(now, metric), windowMs: when.window, narrow: narrowOf(when),
  };
}

export function valueOf(figures: Figures, metric: CallMetric, windowMs: number): number | null {
  const { calls } = figures;
  const share = (part: number): number | null => (calls === 0 ? null : part / calls);
  switch (metric) {
    case "calls": return calls;
    case "calls_per_second": return calls / (windowMs / 1_000);
    case "errors": return figures.errors;
    case "error_rate": return share(figures.errors);
    case "refused": return figures.refused;
    case "refused_rate": return share(figures.refused);
    case "conflicts": return figures.conflicts;
    case "conflict_rate": return share(figures.conflicts);
    case "latency_mean": return figures.meanMs;
    case "latency_p50": return figures.p50Ms;
    case "latency_p90": return figures.p90Ms;
    case "latency_p95": return figures.p95Ms;
    case "latency_p99": return figures.p99Ms;
    case "input_tokens": return figures.inputTokens;
    case "output_tokens": return figures.outputTokens;
    case "tokens": return figures.inputTokens + figures.outputTokens;
    case "cost": return figures.costUsd;
    case "request_bytes": return figures.requestBytes;
    case "response_bytes": return figures.responseBytes;
  }
}

/** The middle one, which a single bad day does not move. */
function medianOf(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function countsOf(figures: Figures, metric: CallMetric): string {
  const parts: Partial<Record<CallMetric, [number, string]>> = {
    error_rate: [figures.errors, "failed"], errors: [figures.errors, "failed"], refused: [figures.refused, "were refused"], refused_rate: [figures.refused, "were refused"],
    conflicts: [figures.conflicts, "met a conflict"], conflict_rate: [figures.conflicts, "met a conflict"],
  };
  const part = parts[metric];
  if (part) return `${countText(part[0])} of ${callsText(figures.calls)} ${part[1]}`;
  // The value itself has said it.
  return metric === "calls" ? "" : callsText(figures.calls);
}

function narrowOf({ metric, above }: When): string {
  if (metric === "errors" || metric === "error_rate") return errorsQuery;
  if (metric === "refused" || metric === "refused_rate") return "status:400..499";
  if (metric === "conflicts" || metric === "conflict_rate") return "cause:*";
  return metric.startsWith("latency_") && above !== undefined ? `latency:>${above}` : "";
}

/** Long and short windows of an objective, by turns, and where it has a latency the calls that were too slow in each. */
function burnInputs(objective: Objective, at: number): Input[] {
  const windows = burnWindows.flatMap(({ part }) => [objective.over / part, objective.over / part / shorter]);
  const narrows = objective.latency === undefined ? [""] : ["", `-${errorsQuery} latency:>${objective.latency}`];
  return windows.flatMap((windowMs) => narrows.map((narrow) => ({ end: at, windowMs, narrow })));
}

function burnReading(objective: Objective, figures: readonly Figures[]): Reading {
  const each = objective.latency === undefined ? 1 : 2;
  const windowAt = (index: number): { bad: number; calls: number } => {
    const all = figures[index * each];
    const slow = each === 1 ? undefined : figures[index * each + 1];
    return { bad: (all?.errors ?? 0) + (slow?.calls ?? 0), calls: all?.calls ?? 0 };
  };
  const burns = burnWindows.map(({ part, factor }, index) => {
    const [long, short] = [windowAt(index * 2), windowAt(index * 2 + 1)];
    const rate = ({ bad, calls }: typeof long): number => (calls === 0 ? 0 : bad / calls / (1 - objective.target));
    return { value: Math.min(rate(long), rate(short)) / factor, long, windowMs: objective.over / part, times: rate(long) };
  });
  const worst = burns.reduce((one, other) => (other.value > one.value ? other : one));
  if (worst.long.calls === 0) return { value: null, usual: null, calls: 0, figures: "no calls", windowMs: worst.windowMs, narrow: "" };
  return {
    value: worst.value, usual: null, calls: worst.long.calls, windowMs: worst.windowMs, narrow: objective.latency === undefined ? errorsQuery : "",
    figures: `${countText(worst.long.bad)} of ${callsText(worst.long.calls)} did not go well, which uses up the errors of ${percentText(1 - objective.target)} ${worst.times.toFixed(1)} times too fast`,
  };
}
