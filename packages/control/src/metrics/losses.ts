/** What was to be recorded or exported and was not, in words: from the counters that say so. */
import type { Status } from "@parley/contract/api/system";
import type { MetricFamily } from "@parley/contract/channel";

type Loss = Status["lost"][number];

const words: Readonly<Record<string, (labels: Readonly<Record<string, string>>) => string>> = {
  parley_call_records_dropped_total: () => "call records that the spool could not take",
  parley_spool_segments_set_aside_total: () => "damaged segments of the spool, with their call records",
  parley_spool_lines_skipped_total: () => "lines of the spool that were no call records",
  parley_call_bodies_dropped_total: () => "bodies of calls that could not be kept",
  parley_access_log_lines_dropped_total: () => "lines that the access log could not take",
  parley_otlp_dropped_total: ({ signal, reason }) => `OTLP ${signal} that were not exported (${reason})`,
};

/** Of all workers together; nothing of what is zero. */
export function lossesOf(families: readonly MetricFamily[]): Loss[] {
  const losses = new Map<string, Loss>();
  for (const { name, series } of families) {
    for (const { labels, value = 0 } of series) {
      const what = words[name]?.(labels);
      if (what === undefined || value === 0) continue;
      const known = losses.get(what);
      losses.set(what, { metric: name, what, count: (known?.count ?? 0) + value });
    }
  }
  return [...losses.values()];
}
