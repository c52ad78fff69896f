import { expect, test } from "vitest";
import { plottedSeconds } from "./plotted-seconds.ts";
import { type Second, secondsKept } from "./use-seconds.ts";

const calls = (second: Second): number => second.calls;

function secondsFrom(at: number, count: number): Second[] {
  return Array.from({ length: count }, (_, index) => ({ at: at + index * 1_000, calls: index + 1, errors: 0, conflicts: 0, costUsd: 0, inFlight: 0, leftOut: 0 }) as Second);
}

test("the first second is a line over the second that it counts, and no lone point", () => {
  const plotted = plottedSeconds(secondsFrom(500_000, 1), 499_200);
  expect(plotted.moments.slice(1)).toEqual([499_000, 500_000]);
  expect(plotted.line(calls)).toEqual([null, 1, 1]);
});

test.each([0, 1, 2, 60, secondsKept])("with %i seconds the moments ascend, each has a value or a gap, and the plot is two minutes wide", (count) => {
  const plotted = plottedSeconds(secondsFrom(500_000, count), 499_200);
  expect(plotted.moments).toEqual(plotted.moments.toSorted((one, other) => one - other));
  expect(new Set(plotted.moments).size).toBe(plotted.moments.length);
  expect(plotted.line(calls)).toHaveLength(plotted.moments.length);
  const width = (plotted.moments.at(-1) ?? 0) - (plotted.moments[0] ?? 0);
  expect(width).toBeGreaterThanOrEqual(secondsKept * 1_000);
  expect(width).toBeLessThanOrEqual(secondsKept * 1_000 + 2);
});
