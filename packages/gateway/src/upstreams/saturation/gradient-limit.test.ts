import { expect, it, test } from "vitest";
import { GradientLimit } from "./gradient-limit.ts";
import { underOverload } from "./overload.test-support.ts";

test.each([
  [2, 20],
  [4, 10],
  [8, 50],
  [32, 20],
  [64, 5],
  [200, 30],
  [64, 200],
  [20, 600],
])("keeps the slowest answers within twice the unloaded time at three times the load, and nine tenths of the work: %i at a time of %i ms", (capacity, serviceMs) => {
  const { p99Ms, goodput } = underOverload({ capacity, serviceMs, load: 3, forMs: capacity > 32 && serviceMs < 100 ? 10_000 : 60_000, warmUpMs: serviceMs < 100 ? 5_000 : 40 * serviceMs, seed: capacity });

  expect(p99Ms).toBeLessThan(2 * serviceMs);
  expect(goodput).toBeGreaterThan(0.9);
});

it("refuses hardly anything while the load is well within what the upstream can take", () => {
  const { goodput } = underOverload({ capacity: 32, serviceMs: 20, load: 0.5, forMs: 30_000, warmUpMs: 5_000, seed: 3 });
  expect(goodput).toBeGreaterThan(0.49);
});

it("finds its way again where the upstream has become three times slower for good", () => {
  const serviceMsAt = (now: number): number => (now < 20_000 ? 20 : 60);
  const { goodput, limits } = underOverload({ capacity: 16, serviceMs: 20, load: 3, forMs: 60_000, warmUpMs: 40_000, serviceMsAt, seed: 5 });
  expect(goodput).toBeGreaterThan(0.9 / 3);
  expect(Math.max(...limits)).toBeLessThan(40);
});

it("stays within what was configured", () => {
  const limit = new GradientLimit({ min: 5, max: 8, now: 0 });
  let now = 0;
  for (let call = 0; call < 5000; call++) {
    now += 10;
    limit.answered({ startedAtMs: now - (call % 2 === 0 ? 1 : 500), now, inFlight: limit.current });
    expect(limit.current).toBeGreaterThanOrEqual(5);
    expect(limit.current).toBeLessThanOrEqual(8);
  }
});
