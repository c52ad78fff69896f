import { expect, test } from "vitest";
import { seriesOf } from "./overview-series.ts";
import type { Overview } from "./overview-tiles.tsx";

const figures = { errors: 0, refused: 0, conflicts: 0, requestBytes: 0, responseBytes: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, meanMs: null, p50Ms: null, p90Ms: null, p95Ms: 7, p99Ms: null };
const point = (at: number, calls: number) => ({ ...figures, at, calls });

function overview(from: number, series: Overview["series"], previous: Overview["series"] = []): Overview {
  const totals = { ...figures, calls: 0, queries: { calls: "", errors: "", refused: "", conflicts: "" } };
  return {
    from, to: 300_000, stepMs: 60_000, totals, callsPerSecond: 0, errorRate: 0, conflictRate: 0, causes: [], statuses: [], services: [], consumers: [], models: [], resources: [], series,
    previous: { from: from - (300_000 - from), to: from, totals, causes: [], series: previous },
  };
}

test("steps without calls are nothing a second, and have no latency", () => {
  const { moments, now } = seriesOf(overview(0, [point(60_000, 120)]), 300_000);
  expect(moments).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  expect(now.calls).toEqual([0, 2, 0, 0, 0]);
  expect(now.p95).toEqual([null, 7, null, null, null]);
});

test("a first step that begins within a step is divided by what it lasts", () => {
  const { moments, now } = seriesOf(overview(30_000, [point(30_000, 60), point(60_000, 60)]), 300_000);
  expect(moments.slice(0, 2)).toEqual([30_000, 60_000]);
  expect(now.calls.slice(0, 2)).toEqual([2, 1]);
});

test("the step that still runs is counted over what has passed of it, and is marked", () => {
  const { now, before, running } = seriesOf(overview(0, [point(180_000, 60), point(240_000, 20)], [point(-60_000, 60)]), 250_000);
  expect(now.calls.slice(-2)).toEqual([1, 2]);
  expect(before?.calls.at(-1)).toBe(1);
  expect(running).toBe(true);
  expect(seriesOf(overview(0, [point(240_000, 60)]), 300_000).running).toBe(false);
});

test("a step that has hardly begun is left open", () => {
  const { now, running } = seriesOf(overview(0, [point(240_000, 3)]), 241_000);
  expect(now.calls.at(-1)).toBeNull();
  expect(running).toBe(false);
});
