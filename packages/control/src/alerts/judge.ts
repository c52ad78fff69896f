/** Whether a reading is beyond a rule's bounds, and how that is said. */
import { metricNames } from "@parley/contract/config/alert-metric-names";
import { boundsOf, type AlertBound, type AlertMetric } from "@parley/contract/config/alerts";
import { percentOf, type Reading, type When } from "./call-metrics.ts";

export interface Judgement {
  holds: boolean;
  reason: string;
}

export function judge(when: When, reading: Reading): Judgement {
  const bounds = boundsOf(when);
  const broken = bounds.filter((bound) => isBeyond(bound, reading));
  return { holds: broken.length > 0, reason: reasonOf(when, reading, broken[0] ?? null) };
}

function isBeyond(bound: AlertBound, { value, usual }: Reading): boolean {
  if (value === null) return false;
  switch (bound.kind) {
    case "above": return value > bound.value;
    case "below": return value < bound.value;
    case "aboveUsual": return usual !== null && value > usual * bound.times;
    case "belowUsual": return usual !== null && value < usual * bound.times;
  }
}

function reasonOf(when: When, reading: Reading, broken: AlertBound | null): string {
  const { metric, service } = when;
  const what = service === undefined ? metricNames[metric] : `${metricNames[metric]} of ${service}`;
  const over = reading.calls === null ? "" : ` over ${durationText(reading.windowMs)}`;
  const figures = reading.figures === "" ? "" : ` (${reading.figures})`;
  if (reading.value === null) return `${what}: nothing to measure${over}${figures}`;
  return `${what}: ${valueText(metric, reading.value)}${over}${figures}${broken === null ? "" : `, ${boundText(metric, broken, reading)}`}`;
}

function boundText(metric: AlertMetric, bound: AlertBound, { usual }: Reading): string {
  switch (bound.kind) {
    case "above": return `above ${valueText(metric, bound.value)}`;
    case "below": return `below ${valueText(metric, bound.value)}`;
    case "aboveUsual": return `more than ${bound.times} times the usual ${valueText(metric, usual ?? 0)}`;
    case "belowUsual": return `less than ${bound.times} times the usual ${valueText(metric, usual ?? 0)}`;
  }
}

export function valueText(metric: AlertMetric, value: number): string {
  if (metric.endsWith("_rate") && metric !== "burn_rate") return percentOf(value);
  if (metric === "budget_used" || metric === "disk_free") return percentOf(value);
  if (metric.startsWith("latency_")) return durationText(value);
  if (metric === "cost") return `${Number(value.toPrecision(6))} USD`;
  if (metric === "certificate_days") return `${Math.floor(value)} days`;
  return String(Number(value.toPrecision(4)));
}

const units = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1_000]] as const;

export function durationText(milliseconds: number): string {
  const unit = units.find(([, size]) => milliseconds >= size);
  return unit ? `${Number((milliseconds / unit[1]).toPrecision(3))}${unit[0]}` : `${Number(milliseconds.toPrecision(3))}ms`;
}
