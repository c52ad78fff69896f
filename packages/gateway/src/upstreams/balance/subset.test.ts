import { upstream as upstreamSchema } from "@parley/contract/config/upstream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { subsetOf } from "./subset.ts";

const upstreamOf = (count: number, size: number, more: object = {}) => upstreamSchema.parse({ targets: Array.from({ length: count }, (_, index) => ({ url: `http://10.0.0.${index}:80` })), subset: { size }, ...more });

it("gives each worker exactly so many targets, always the same ones, and each target as many workers as any other in a round", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 2 ** 40 }), (count, size, gateway) => {
      const upstream = upstreamOf(count, size);
      const kept = Math.min(count, size);
      const subsets = Math.max(1, Math.floor(count / kept));
      const first = gateway * subsets;
      const uses = new Map<string, number>();
      for (let place = first; place < first + subsets; place++) {
        const { targets } = subsetOf(upstream, place);
        expect(targets).toHaveLength(kept);
        expect(subsetOf(upstream, place)).toEqual({ ...upstream, targets });
        for (const { url } of targets) uses.set(url, (uses.get(url) ?? 0) + 1);
      }
      // In one round no target is in two subsets; those left over get their turn in others.
      expect(Math.max(...uses.values())).toBe(1);
    }),
    { numRuns: 60 },
  );
});

it("spreads the workers of many gateways evenly over the targets", () => {
  const upstream = upstreamOf(20, 3);
  const uses = new Map<string, number>();
  for (let place = 0; place < 600; place++) for (const { url } of subsetOf(upstream, place).targets) uses.set(url, (uses.get(url) ?? 0) + 1);
  // 600 workers of 3 targets each are 90 for each of the 20.
  expect(uses.size).toBe(20);
  expect(Math.min(...uses.values())).toBeGreaterThan(70);
  expect(Math.max(...uses.values())).toBeLessThan(110);
});

it("takes its share of each tier, keeps spares of weight 0, and leaves failover's order whole", () => {
  const targets = [0, 1].flatMap((tier) => Array.from({ length: 6 }, (_, index) => ({ url: `http://10.0.${tier}.${index}:80`, tier })));
  const tiered = subsetOf(upstreamSchema.parse({ targets: [...targets, { url: "http://spare:80", weight: 0 }], subset: { size: 2 } }), 4);
  expect(tiered.targets.map(({ tier, weight }) => `${tier} ${weight}`)).toEqual(["0 1", "0 1", "1 1", "1 1", "0 0"]);
  expect(subsetOf(upstreamOf(5, 2, { balance: "failover" }), 4).targets).toHaveLength(5);
});
