import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { FakeClock, perPeriod } from "../contract-tests/counters.ts";
import type { RateCheck } from "../ports/counters.ts";
import { MemoryCounters } from "./counters.ts";
import { QuotaJournal } from "./quota-journal.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-quotas-"));
  directories.push(directory);
  return join(directory, "quotas.ndjson");
}

function open(path: string, clock: FakeClock, warnings: string[] = []): MemoryCounters {
  return new MemoryCounters(clock, 1000, new QuotaJournal({ path, warn: (message) => warnings.push(message) }));
}

const perDay = (limit: number, key = "consumer:acme:day"): RateCheck => ({ key, limit, period: { kind: "calendar", unit: "day" }, cost: 1 });

it("goes on counting a day where a process was killed, and not past its end", async () => {
  const path = newPath();
  const clock = new FakeClock();
  clock.nowMs = Date.UTC(2026, 0, 15, 12);
  const killed = open(path, clock);
  for (let call = 0; call < 2; call++) killed.admit([perDay(3)]);
  killed.admit([perDay(3), perPeriod(5, 1000)]);
  // No close: what the turn of the event loop left is all there is.
  await turn();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const next = open(path, clock);
  expect(next.admit([perDay(3)])[0]).toMatchObject({ admitted: false, remaining: 0 });
  expect(next.admit([perPeriod(5, 1000)])[0]).toMatchObject({ remaining: 4 });
  clock.nowMs += 13 * 3_600_000;
  expect(open(path, clock).admit([perDay(3)])[0]).toMatchObject({ admitted: true, remaining: 2 });
});

it("skips what a crash left half written, and nothing else", async () => {
  const path = newPath();
  const clock = new FakeClock();
  const first = open(path, clock);
  first.admit([perDay(2)]);
  await first.close();
  appendFileSync(path, '["consumer:other:day",17');
  expect(open(path, clock).admit([perDay(2)])[0]).toMatchObject({ admitted: true, remaining: 0 });
});

it("stays small however often it is written", async () => {
  const path = newPath();
  const counters = open(path, new FakeClock());
  for (let round = 0; round < 60; round++) {
    for (let key = 0; key < 500; key++) counters.admit([perDay(1_000_000, `k${key}`)]);
    await turn();
  }
  await counters.close();
  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(20_100);
});

it("counts in memory, and says so once, where it cannot write", async () => {
  const path = newPath();
  writeFileSync(path, "");
  const warnings: string[] = [];
  const counters = open(join(path, "below-a-file"), new FakeClock(), warnings);
  expect(counters.admit([perDay(1)])[0]?.admitted).toBe(true);
  expect(counters.admit([perDay(1)])[0]?.admitted).toBe(false);
  await turn();
  await counters.close();
  expect(warnings).toHaveLength(1);
});
