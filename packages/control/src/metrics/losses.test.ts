import type { MetricFamily } from "@parley/contract/channel";
import { LossCount } from "@parley/contract/loss-count";
import { expect, test } from "vitest";
import { lossesOf } from "./losses.ts";
import { spoolLosses } from "./process-families.ts";

const counter = (name: string, series: MetricFamily["series"]): MetricFamily => ({ name, help: "", type: "counter", series });

const minute = 60_000;

/** One that has counted so many, the first and the last at these times. */
function lost(count: number, ...at: number[]): LossCount {
  const times = [...at];
  const loss = new LossCount(() => times.shift() ?? 0);
  for (const _ of at) loss.add(count / at.length);
  return loss;
}

test("what was dropped is told in words and with its times, of all workers together, the last first, and nothing else is", () => {
  const worker = (number: string, full: LossCount): MetricFamily[] => [
    counter("parley_otlp_dropped_total", [{ labels: { signal: "spans", reason: "full", worker: number }, ...full.counted }, { labels: { signal: "logs", reason: "full", worker: number }, value: 0 }]),
    counter("parley_otlp_exported_total", [{ labels: { signal: "spans", worker: number }, value: 9 }]),
    counter("parley_call_records_dropped_total", [{ labels: { worker: number }, value: 0 }]),
  ];
  const families = [...worker("0", lost(3, 5 * minute)), ...worker("1", lost(4, 2 * minute, 3 * minute)), ...spoolLosses({ segmentsSetAside: lost(1, 6 * minute), linesSkipped: lost(0) })];
  expect(lossesOf(families, 15.5 * minute)).toEqual([
    { metric: "parley_spool_segments_set_aside_total", what: "damaged segments of the spool, with their call records", count: 1, firstAt: "1970-01-01T00:06:00.000Z", lastAt: "1970-01-01T00:06:00.000Z", goesOn: true },
    { metric: "parley_otlp_dropped_total", what: "OTLP spans that were not exported (full)", count: 7, firstAt: "1970-01-01T00:02:00.000Z", lastAt: "1970-01-01T00:05:00.000Z", goesOn: false },
  ]);
  expect(lossesOf(worker("0", lost(0)), minute)).toEqual([]);
});
