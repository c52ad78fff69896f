import fc from "fast-check";
import { expect, test } from "vitest";
import { compared, rateOf } from "./rollout.ts";

test("few calls say nothing, a large difference says something, and equals do not differ", () => {
  expect(compared({ count: 5, calls: 20 }, { count: 0, calls: 5000 })).toBe("too-few");
  expect(compared({ count: 50, calls: 500 }, { count: 20, calls: 5000 })).toBe("worse");
  expect(compared({ count: 0, calls: 5000 }, { count: 50, calls: 500 })).toBe("better");
  expect(compared({ count: 0, calls: 100 }, { count: 0, calls: 100 })).toBe("no-difference");
  expect(compared({ count: 11, calls: 1000 }, { count: 10, calls: 1000 })).toBe("no-difference");
});

test("the range holds the share, and narrows with calls", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (calls, part) => {
      const { share, low, high } = rateOf(Math.round(calls * part), calls);
      expect(low).toBeLessThanOrEqual(share + 1e-9);
      expect(high).toBeGreaterThanOrEqual(share - 1e-9);
    }),
  );
  expect(rateOf(10, 100).high - rateOf(10, 100).low).toBeGreaterThan(rateOf(1000, 10_000).high - rateOf(1000, 10_000).low);
});
