import type { MetricFamily } from "@parley/contract/channel";
import { expect, test } from "vitest";
import { lossesOf } from "./losses.ts";
import { spoolLosses } from "./process-families.ts";

const counter = (name: string, series: MetricFamily["series"]): MetricFamily => ({ name, help: "", type: "counter", series });

test("what was dropped is told in words, of all workers together, and nothing else is", () => {
  const worker = (number: string, full: number): MetricFamily[] => [
    counter("parley_otlp_dropped_total", [{ labels: { signal: "spans", reason: "full", worker: number }, value: full }, { labels: { signal: "logs", reason: "full", worker: number }, value: 0 }]),
    counter("parley_otlp_exported_total", [{ labels: { signal: "spans", worker: number }, value: 9 }]),
    counter("parley_call_records_dropped_total", [{ labels: { worker: number }, value: 0 }]),
  ];
  expect(lossesOf([...worker("0", 3), ...worker("1", 4), ...spoolLosses({ segmentsSetAside: 1, linesSkipped: 0 })])).toEqual([
    { metric: "parley_otlp_dropped_total", what: "OTLP spans that were not exported (full)", count: 7 },
    { metric: "parley_spool_segments_set_aside_total", what: "damaged segments of the spool, with their call records", count: 1 },
  ]);
  expect(lossesOf(worker("0", 0))).toEqual([]);
});
