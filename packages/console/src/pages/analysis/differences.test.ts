import { expect, test } from "vitest";
import { differencesOf } from "./differences.ts";

function facets(calls: number, of: Record<string, Record<string, number>>) {
  return { calls, facets: Object.entries(of).map(([field, values]) => ({ field, others: 0, absent: 0, values: Object.entries(values).map(([value, count]) => ({ value, calls: count, query: "" })) })) };
}

test("the planted cause comes first, and what is merely large does not", () => {
  const all = facets(10_000, { service: { notes: 9_000, orders: 1_000 }, version: { v2: 9_500, v3: 500 }, method: { GET: 8_000, PUT: 2_000 } });
  const slow = facets(100, { service: { notes: 60, orders: 40 }, version: { v2: 2, v3: 98 }, method: { GET: 81, PUT: 19 } });
  const found = differencesOf(slow, all);
  expect(found.map(({ field, value }) => `${field}:${value}`).slice(0, 2)).toEqual(["version:v3", "version:v2"]);
  expect(found.some(({ field }) => field === "method")).toBe(false);
});

test("a selection of nothing differs in nothing that can be computed", () => {
  expect(differencesOf(facets(0, { service: {} }), facets(0, { service: {} }))).toEqual([]);
});
