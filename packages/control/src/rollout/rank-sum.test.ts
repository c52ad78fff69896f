import fc from "fast-check";
import { expect, it } from "vitest";
import { exactRankSum } from "./rank-sum.ts";

/** All ways to choose so many of the values. */
function choices(values: readonly number[], count: number): number[][] {
  if (count === 0) return [[]];
  return values.flatMap((value, index) => choices(values.slice(index + 1), count - 1).map((rest) => [value, ...rest]));
}

/** Where a value stands among all; those that are equal in their middle. */
function standing(value: number, all: readonly number[]): number {
  return all.filter((other) => other < value).length + (all.filter((other) => other === value).length - 1) / 2;
}

function counted(first: readonly number[], second: readonly number[]): { p: number; least: number } {
  const all = [...first, ...second];
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + standing(value, all), 0);
  const sums = choices(all, first.length).map(sumOf);
  return { p: sums.filter((one) => one >= sumOf(first)).length / sums.length, least: 1 / sums.length };
}

it("is the share of all choices that come to as much, whichever group is smaller and whatever is equal", () => {
  const group = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(group, group, (first, second) => {
      const { p, least } = exactRankSum(first, second);
      const expected = counted(first, second);
      expect(p).toBeCloseTo(expected.p, 12);
      expect(least).toBeCloseTo(expected.least, 12);
    }),
    { numRuns: 200 },
  );
});

it("says nothing of nobody, and nothing where all are equal", () => {
  expect(exactRankSum([], [1, 2])).toEqual({ p: 1, least: 1 });
  expect(exactRankSum([1], [])).toEqual({ p: 1, least: 1 });
  expect(exactRankSum([3, 3], [3, 3, 3])).toEqual({ p: 1, least: 0.1 });
});

it("is as small as there are ways, also of many values", () => {
  const others = Array.from({ length: 128 }, (_, index) => index);
  expect(exactRankSum([1000], others).p).toBeCloseTo(1 / 129, 12);
  expect(exactRankSum(Array.from({ length: 16 }, (_, index) => 1000 + index), others).p).toBeLessThan(1e-20);
});
