import { expect, test } from "vitest";
import { csvOf, daysUntil, type SpendRow, stacksOf, sumsOf, totalOf } from "./spend-figures.ts";

const days = daysUntil(Date.parse("2026-11-22T18:00:00Z"), 3);

function row(name: string | null, day: number, costNanoUsd: number): SpendRow {
  return { name, start: new Date(days[day] ?? 0).toISOString(), calls: 2, inputTokens: 10, outputTokens: 5, cacheReadTokens: 1, costUsd: costNanoUsd / 1e9, costNanoUsd, unpricedCalls: costNanoUsd === 0 ? 2 : 0 };
}

const rows = [row("acme", 0, 100_000_000), row("acme", 2, 300_000_000), row("globex", 2, 900_000_000), row("initech", 1, 200_000_000), row(null, 1, 0)];

test("days are UTC days, and end with today", () => {
  expect(days.map((day) => new Date(day).toISOString())).toEqual(["2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z"]);
});

test("sums are exact, the dearest first, and what has no name is a line too", () => {
  expect(sumsOf(rows).map(({ name, costNanoUsd }) => [name, costNanoUsd])).toEqual([["globex", 900_000_000], ["acme", 400_000_000], ["initech", 200_000_000], [null, 0]]);
  expect(totalOf(sumsOf(rows))).toMatchObject({ calls: 10, costNanoUsd: 1_500_000_000, unpricedCalls: 2 });
});

test("stacks have every day, and what is too much stands together", () => {
  expect(stacksOf(rows, days, 3)).toEqual([{ label: "globex", values: [0, 0, 0.9] }, { label: "acme", values: [0.1, 0, 0.3] }, { label: "initech", values: [0, 0.2, 0] }]);
  expect(stacksOf(rows, days, 2)).toEqual([{ label: "globex", values: [0, 0, 0.9] }, { label: "2 others", values: [0.1, 0.2, 0.3] }]);
});

test("a spreadsheet gets names as text, whatever they begin with", () => {
  expect(csvOf("key", [{ ...totalOf([]), name: '=1+"2"' }]).split("\n")[1]).toBe(`"'=1+""2""",0,0,0,0,0,0`);
});
