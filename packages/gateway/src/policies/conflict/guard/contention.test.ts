import { MemoryCounters } from "@parley/stores/embedded/counters";
import { expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { ContentionBudgets } from "./contention.ts";

it("lets a consumer cause conflicts until its budget is spent, in whatever workers, and again after a while; others have their own", () => {
  let now = 0;
  const monotonicMs = (): number => now;
  const counters = new MemoryCounters({ monotonicMs, unixMs: monotonicMs });
  const worker = (): ContentionBudgets => new ContentionBudgets({ service: "notes", budget: { conflicts: 600, per: { kind: "rolling", milliseconds: 60_000 } }, counters, monotonicMs });
  const workers = [worker(), worker()];
  let spent = 0;
  while (workers.every((budgets) => budgets.waitMs("ann") === 0)) {
    workers[spent % 2]?.spend("ann");
    spent += 1;
  }
  expect(spent).toBe(600);
  // The other worker learns it with the next conflict that it meets.
  for (const budgets of workers) budgets.spend("ann");
  const waits = workers.map((budgets) => budgets.waitMs("ann"));
  expect(Math.min(...waits)).toBeGreaterThan(0);
  expect(workers.map((budgets) => budgets.waitMs("bob"))).toEqual([0, 0]);
  now += Math.max(...waits);
  expect(workers.map((budgets) => budgets.waitMs("ann"))).toEqual([0, 0]);
});

it("answers 429 with Retry-After once the configured budget is spent, and other consumers go on", { timeout: 30_000 }, async () => {
  const guarded = await startGuarded({ mode: "require", contention: { conflicts: 3, per: "1h" } });
  guarded.kept.set("/7", '{"a":1}');
  const stale = (key: string): Promise<number> => guarded.call("PUT", "/notes/7", { key, body: {}, headers: { "if-match": '"1-AAAAAAAAAAAAAAAAAAAAAA"' } }).then(({ status }) => status);
  expect([await stale("ann-key"), await stale("ann-key"), await stale("ann-key")]).toEqual([412, 412, 412]);
  const refused = await guarded.call("PUT", "/notes/7", { body: {} });
  expect([refused.status, refused.body]).toMatchObject([429, { code: "contention-limit", cause: "busy", subcause: "contention-budget", retryable: true }]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(1_000);
  expect([await stale("bob-key"), (await guarded.call("GET", "/notes/7")).status]).toEqual([412, 200]);
  await guarded.stop();
});
