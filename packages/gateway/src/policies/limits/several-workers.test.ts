import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import { connectCounters } from "@parley/stores/embedded/counters-client";
import { serveCounters } from "@parley/stores/embedded/counters-server";
import type { Counters, RateCheck } from "@parley/stores/ports/counters";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Places } from "./places.ts";

vi.setConfig({ testTimeout: 60_000 });

const workerCount = 3;
const directory = mkdtempSync(join(tmpdir(), "parley-several-"));
const clock = { ms: 0 };
let server: Awaited<ReturnType<typeof serveCounters>>;
let workers: Counters[];
let keys = 0;

beforeAll(async () => {
  const monday = Date.UTC(2026, 2, 2, 12);
  server = await serveCounters(join(directory, "counters.sock"), new MemoryCounters({ monotonicMs: () => clock.ms, unixMs: () => monday + clock.ms }));
  workers = Array.from({ length: workerCount }, () => connectCounters(join(directory, "counters.sock"), { whenUnreachable: "refuse", warn: () => {} }));
  // Until they are connected they refuse.
  await vi.waitFor(async () => expect(await Promise.all(workers.map(async (worker) => (await worker.admit([check({ key: "probe", limit: 100, per: "hour" })]))[0]?.admitted))).toEqual([true, true, true]), 10_000);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await server.close();
  rmSync(directory, { recursive: true });
});

function check({ key, limit, per, cost = 1 }: { key: string; limit: number; per: "hour" | "day" | "month"; cost?: number }): RateCheck {
  const period: RateCheck["period"] = per === "hour" ? { kind: "rolling", milliseconds: 3_600_000 } : { kind: "calendar", unit: per };
  return { key, limit, period, cost, ...(per === "hour" ? {} : { zone: "Asia/Tokyo" }) };
}

/** Calls at the same moment, spread over the workers at random. */
const burst = fc.array(fc.record({ worker: fc.nat(workerCount - 1), cost: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 60 });

it.each(["hour", "day", "month"] as const)("a limit by the %s admits to several workers at once what it says, never more, and never less while somebody asks for what is left", async (per) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), burst, async (limit, calls) => {
      const key = `rate${keys++}`;
      const verdicts = await Promise.all(calls.map(async ({ worker, cost }) => (await (workers[worker] as Counters).admit([check({ key, limit, per, cost })]))[0]?.admitted === true));
      const taken = calls.reduce((sum, { cost }, index) => sum + (verdicts[index] === true ? cost : 0), 0);
      expect(taken).toBeLessThanOrEqual(limit);
      const left = limit - taken;
      // Whoever was refused asked for more than is left now, since nothing was given back.
      for (const [index, { cost }] of calls.entries()) if (verdicts[index] === false) expect(cost).toBeGreaterThan(left);
    }),
    { numRuns: 40 },
  );
});

it("several limits on one call are taken from all or from none, whichever workers ask at once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(workerCount - 1), { minLength: 1, maxLength: 50 }), async (hourly, daily, calls) => {
      const [one, other] = [`a${keys++}`, `b${keys++}`];
      const checks = [check({ key: one, limit: hourly, per: "hour" }), check({ key: other, limit: daily, per: "day" })];
      const verdicts = await Promise.all(calls.map(async (worker) => (await (workers[worker] as Counters).admit(checks)).every(({ admitted }) => admitted)));
      const admitted = verdicts.filter(Boolean).length;
      expect(admitted).toBe(Math.min(hourly, daily, calls.length));
      const left = await (workers[0] as Counters).admit([check({ key: one, limit: hourly, per: "hour", cost: hourly - admitted + 1 })]);
      expect(left[0]).toMatchObject({ admitted: false, remaining: hourly - admitted });
    }),
    { numRuns: 30 },
  );
});

it("places for calls at the same time are never lent twice over several workers, and all come back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(fc.record({ worker: fc.nat(workerCount - 1), turns: fc.integer({ min: 1, max: 5 }) }), { minLength: 1, maxLength: 40 }), async (limit, calls) => {
      const key = `place${keys++}`;
      let [inside, most, refused] = [0, 0, 0];
      const places = workers.map((worker) => new Places(worker, () => performance.now()));
      await Promise.all(calls.map(async ({ worker, turns }) => {
        const own = places[worker] as Places;
        if (!(await own.take({ key, limit, queue: null }, () => {}))) return void refused++;
        most = Math.max(most, ++inside);
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        inside--;
        own.giveBack(key);
      }));
      expect(most).toBeLessThanOrEqual(limit);
      if (calls.length <= limit) expect(refused).toBe(0);
      // Giving back goes the same way as asking, so whoever asks afterwards finds all of them.
      const again = await Promise.all(Array.from({ length: limit + 1 }, async (_, index) => (workers[index % workerCount] as Counters).acquire(key, limit)));
      await vi.waitFor(() => expect(again.filter(Boolean).length).toBeLessThanOrEqual(limit));
    }),
    { numRuns: 30 },
  );
});

it("of several workers that want a place for as long as it takes, none goes without", async () => {
  const places = workers.map((worker) => new Places(worker, () => performance.now()));
  const key = `fair${keys++}`;
  const served = new Map<number, number>();
  const endsAtMs = performance.now() + 1_500;
  await Promise.all(places.map(async (own, worker) => {
    while (performance.now() < endsAtMs) {
      if (!(await own.take({ key, limit: 1, queue: { length: 10, waitMs: 20_000 } }, () => {}))) continue;
      served.set(worker, (served.get(worker) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      own.giveBack(key);
    }
  }));
  expect([...served.keys()].toSorted((one, other) => one - other)).toEqual([0, 1, 2]);
});
