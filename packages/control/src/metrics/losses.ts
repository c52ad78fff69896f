/** What was to be recorded or exported and was not, in words, and when: from the counters that say so. */
import type { Status } from "@parley/contract/api/system";
import type { MetricFamily } from "@parley/contract/channel";
import type { LossTimes } from "@parley/contract/loss-count";

type Loss = Status["lost"][number];

const words: Readonly<Record<string, (labels: Readonly<Record<string, string>>) => string>> = {
  parley_call_records_dropped_total: () => "call records that the spool could not take",
  parley_spool_segments_set_aside_total: () => "damaged segments of the spool, with their call records",
  parley_spool_lines_skipped_total: () => "lines of the spool that were no call records",
  parley_call_bodies_dropped_total: () => "bodies of calls that could not be kept",
  parley_access_log_lines_dropped_total: () => "lines that the access log could not take",
  parley_otlp_dropped_total: ({ signal, reason }) => `${signal === "metrics" ? "data points of OTLP metrics" : `OTLP ${signal}`} that were not exported (${reason})`,
};

/** With no more of it for that long a loss is history: told, and no failure any more. */
const overAfterMs = 600_000;

/** Of all workers together, what was lost last first; nothing of what is zero. */
export function lossesOf(families: readonly MetricFamily[], now: number): Loss[] {
  const losses = new Map<string, { metric: string; what: string; count: number } & LossTimes>();
  for (const { name, series } of families) {
    for (const { labels, value = 0, lostAt } of series) {
      const what = words[name]?.(labels);
      if (what === undefined || lostAt === undefined) continue;
      const known = losses.get(what) ?? { count: 0, ...lostAt };
      losses.set(what, { metric: name, what, count: known.count + value, firstAt: Math.min(known.firstAt, lostAt.firstAt), lastAt: Math.max(known.lastAt, lostAt.lastAt) });
    }
  }
  return [...losses.values()]
    .toSorted((one, other) => other.lastAt - one.lastAt)
    .map((loss) => ({ ...loss, firstAt: new Date(loss.firstAt).toISOString(), lastAt: new Date(loss.lastAt).toISOString(), goesOn: now - loss.lastAt < overAfterMs }));
}
