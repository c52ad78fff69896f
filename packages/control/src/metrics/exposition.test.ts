import type { MetricFamily } from "@parley/contract/channel";
import { expect, test } from "vitest";
import { exposition, openMetrics } from "./exposition.ts";
import { mergeFamilies } from "./merge.ts";

const histogram = (at: number, traceId: string): MetricFamily => ({
  name: "parley_call_duration_seconds", help: 'How "long"\nit took', type: "histogram",
  series: [{ labels: { service: 'a"b\\c\n' }, buckets: [[0.5, 1], ["+Inf", 2]], sum: 3, count: 2, exemplars: [null, { traceId, value: 2.5, at }] }],
});
const families: MetricFamily[] = [
  { name: "parley_calls_total", help: "Calls.", type: "counter", series: [{ labels: {}, value: 3 }] },
  { name: "parley_up", help: "Up.", type: "gauge", series: [{ labels: {}, value: Infinity }] },
  histogram(1_700_000_000_250, "ab12"),
];

test("OpenMetrics names a counter's family without its ending, has exemplars on buckets, and an end", () => {
  expect(openMetrics(families)).toBe(`# HELP parley_calls Calls.
# TYPE parley_calls counter
parley_calls_total 3
# HELP parley_up Up.
# TYPE parley_up gauge
parley_up +Inf
# HELP parley_call_duration_seconds How \\"long\\"\\nit took
# TYPE parley_call_duration_seconds histogram
parley_call_duration_seconds_bucket{service="a\\"b\\\\c\\n",le="0.5"} 1
parley_call_duration_seconds_bucket{service="a\\"b\\\\c\\n",le="+Inf"} 2 # {trace_id="ab12"} 2.5 1700000000.250
parley_call_duration_seconds_sum{service="a\\"b\\\\c\\n"} 3
parley_call_duration_seconds_count{service="a\\"b\\\\c\\n"} 2
# EOF
`);
});

test("the older format has neither exemplars nor an end", () => {
  const text = exposition(families);
  expect(text).toContain("# TYPE parley_calls_total counter");
  expect(text).not.toMatch(/trace_id|EOF/);
});

test("of several workers' exemplars the newest stands", () => {
  const merged = mergeFamilies([[histogram(2, "old")], [histogram(3, "new")], [histogram(1, "older")]]);
  expect(merged[0]?.series[0]).toMatchObject({ count: 6, exemplars: [null, { traceId: "new" }] });
});
