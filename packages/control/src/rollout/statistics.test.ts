import fc from "fast-check";
import { expect, it } from "vitest";
import { judge, type Arm } from "./judge.ts";
import { fisherGreater, mannWhitneyGreater } from "./statistics.ts";

/** Linear congruential: the same run every time. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function choose(n: number, k: number): number {
  let product = 1;
  for (let factor = 1; factor <= k; factor++) product = (product * (n - k + factor)) / factor;
  return product;
}

it("Fisher's test is the sum of the hypergeometric terms, for any counts", () => {
  const group = fc.integer({ min: 0, max: 30 }).chain((of) => fc.record({ of: fc.constant(of), hits: fc.integer({ min: 0, max: of }) }));
  fc.assert(
    fc.property(group, group, (first, second) => {
      const hits = first.hits + second.hits;
      let expected = 0;
      for (let count = first.hits; count <= Math.min(first.of, hits); count++) if (hits - count <= second.of) expected += (choose(first.of, count) * choose(second.of, hits - count)) / choose(first.of + second.of, hits);
      expect(fisherGreater(first, second)).toBeCloseTo(Math.min(1, expected), 9);
    }),
    { numRuns: 300 },
  );
});

it("Fisher's test gives known values, also of large numbers", () => {
  // The lady tasting tea: 3 of 4 right.
  expect(fisherGreater({ hits: 3, of: 4 }, { hits: 1, of: 4 })).toBeCloseTo(17 / 70, 10);
  expect(fisherGreater({ hits: 0, of: 0 }, { hits: 0, of: 0 })).toBe(1);
  expect(fisherGreater({ hits: 1_000, of: 100_000 }, { hits: 20_000, of: 2_000_000 })).toBeCloseTo(0.5, 1);
  expect(fisherGreater({ hits: 1_200, of: 100_000 }, { hits: 20_000, of: 2_000_000 })).toBeLessThan(1e-8);
});

it("finds no worse in more hits of the first, whatever else stays", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), fc.nat(499), fc.nat(499), (n, m, a, b) => {
      const [hits, others] = [a % n, b % m];
      expect(fisherGreater({ hits: hits + 1, of: n }, { hits: others, of: m })).toBeLessThanOrEqual(fisherGreater({ hits, of: n }, { hits: others, of: m }) + 1e-9);
    }),
  );
});

it("the rank test sees what is slower, not what is faster, and says nothing of too few or of equal values", () => {
  const random = seeded(1);
  const sample = (count: number, times: number): number[] => Array.from({ length: count }, () => times * Math.exp(2 * random()));
  const usual = sample(500, 10);
  expect(mannWhitneyGreater(sample(300, 15), usual)).toBeLessThan(1e-6);
  expect(mannWhitneyGreater(sample(300, 7), usual)).toBeGreaterThan(0.999);
  expect(mannWhitneyGreater(sample(19, 1000), usual)).toBe(1);
  expect(mannWhitneyGreater(Array.from({ length: 50 }, () => 3), Array.from({ length: 50 }, () => 3))).toBe(1);
});

it("the rank test of both directions adds up to one", () => {
  const values = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(values, values, (one, other) => {
      const both = mannWhitneyGreater(one, other) + mannWhitneyGreater(other, one);
      // Twice the continuity correction apart, and 2 where all values are equal.
      expect(both).toBeGreaterThan(0.99);
      expect(both).toBeLessThan(2.001);
    }),
  );
});

function arm(random: () => number, { calls, errors, conflicts, slow }: { calls: number; errors: number; conflicts: number; slow: number }): Arm {
  const count = (rate: number): number => Array.from({ length: calls }, () => random() < rate).filter(Boolean).length;
  return { calls, errors: count(errors), conflicts: count(conflicts), latenciesMs: Array.from({ length: Math.min(2000, calls) }, () => 20 * slow * Math.exp(random())) };
}

const rules = { significance: 0.01, slower: 20 };
const usual = { errors: 0.01, conflicts: 0.02, slow: 1 };

/** Whether a step of ten looks at growing numbers of calls takes the release back. */
function isTakenBack(random: () => number, release: { errors: number; conflicts: number; slow: number }): boolean {
  const sum = (one: Arm, two: Arm): Arm => ({ calls: one.calls + two.calls, errors: one.errors + two.errors, conflicts: one.conflicts + two.conflicts, latenciesMs: [...one.latenciesMs, ...two.latenciesMs] });
  let [own, other] = [arm(random, { ...release, calls: 0 }), arm(random, { ...usual, calls: 0 })];
  for (let look = 1; look <= 10; look++) {
    own = sum(own, arm(random, { ...release, calls: 50 }));
    other = sum(other, arm(random, { ...usual, calls: 200 }));
    if (judge(own, other, { rules, look }).some(({ worse }) => worse)) return true;
  }
  return false;
}

it("takes back a release that is no worse in at most one of a hundred steps, however often it looks", () => {
  const random = seeded(7);
  const taken = Array.from({ length: 300 }, () => isTakenBack(random, usual)).filter(Boolean).length;
  // Three are expected at the very most; nine would be a chance of one in three hundred.
  expect(taken).toBeLessThan(9);
});

it("takes back nearly every release with more errors, more conflicts, or that is slower than allowed", () => {
  const random = seeded(11);
  const share = (release: typeof usual): number => Array.from({ length: 30 }, () => isTakenBack(random, release)).filter(Boolean).length / 30;
  expect(share({ ...usual, errors: 0.1 })).toBeGreaterThan(0.9);
  expect(share({ ...usual, conflicts: 0.12 })).toBeGreaterThan(0.9);
  expect(share({ ...usual, slow: 1.5 })).toBeGreaterThan(0.9);
  expect(share({ ...usual, slow: 1.1 })).toBe(0);
});
