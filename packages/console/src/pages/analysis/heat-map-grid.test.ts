import { expect, test } from "vitest";
import { areaOf, bandsOf, cellAt } from "./heat-map-grid.ts";

const heatMap = { from: 0, to: 100_000, stepMs: 10_000, cells: [{ at: 0, fromMs: 1, toMs: 10, calls: 5, query: "" }, { at: 50_000, fromMs: 10, toMs: 100, calls: 1, query: "" }] };
const bands = bandsOf(heatMap);

test("latencies stand by their logarithm, the slowest on top, and back again", () => {
  expect([bands.heightOf(100), bands.heightOf(10), bands.heightOf(1)].map((height) => Number(height.toFixed(6)))).toEqual([0, 0.5, 1]);
  expect(bands.latencyAt(bands.heightOf(42))).toBeCloseTo(42);
});

test("a point is in its cell, or in none", () => {
  expect(cellAt(heatMap, bands, { x: 0.55, y: 0.25 })?.calls).toBe(1);
  expect(cellAt(heatMap, bands, { x: 0.55, y: 0.75 })).toBeUndefined();
});

test("an area is widened to whole steps and stays within the range", () => {
  const area = areaOf(heatMap, bands, { start: { x: 0.52, y: 0 }, end: { x: 0.98, y: 0.5 } });
  expect(area).toMatchObject({ from: 50_000, to: 100_000 });
  expect(area?.fromMs).toBeCloseTo(10);
});

test("a click takes its cell, and one beside them takes nothing", () => {
  expect(areaOf(heatMap, bands, { start: { x: 0.05, y: 0.7 }, end: { x: 0.05, y: 0.7 } })).toEqual({ from: 0, to: 10_000, fromMs: 1, toMs: 10 });
  expect(areaOf(heatMap, bands, { start: { x: 0.3, y: 0.7 }, end: { x: 0.3, y: 0.7 } })).toBeNull();
});
