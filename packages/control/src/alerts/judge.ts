/** Whether a reading is beyond a rule's bounds, and how that is said. */
import { metricNames } from "@parley/contract/config/alert-metric-names";
import { boundsOf, type AlertBound, type AlertMetric } from "@parley/contract/config/alerts";
import type { Reading, When } from "./call-metrics.ts";
import { durationText, valueText } from "./figure-text.ts";

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
