/** What every call log's figures guarantee: each is that of the calls behind it, whatever was rolled up meanwhile. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseQuery } from "@parley/contract/query/parse";
import type { Query } from "@parley/contract/query/query";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeMeasures } from "../ports/call-figures.ts";
import type { CallLog } from "../ports/call-log.ts";
import type { CallLogUnderTest } from "./call-log-under-test.ts";
import { historicCall, knownFigures, planted, type History } from "./history.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const now = Date.parse("2026-11-22T12:00:00Z");
/** Ten hours that ended just now. */
const history: History = { calls: 100_000, startMs: now - 100_000 * 360, spacingMs: 360 };
const known = knownFigures(history);
const range = { from: history.startMs, to: now };

function queryOf(text: string): Query {
  const parsed = parseQuery(text, now);
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  return parsed.query;
}

/** Within the sketch's two per cent, and the step between two latencies. */
const about = (value: number): object => ({ asymmetricMatch: (other: number) => Math.abs(other - value) <= value * 0.025 + 0.1, toString: () => `about ${value}` });

export function callFiguresContract(engine: string, prepare: () => Promise<CallLogUnderTest>): void {
  describe(`figures of the call log on ${engine}`, () => {
    let place: CallLogUnderTest;
    let log: CallLog;
    let spool: string;
    beforeAll(async () => {
      spool = mkdtempSync(join(tmpdir(), "parley-history-"));
      place = await prepare();
      log = await place.open();
      const segments = Array.from({ length: 10 }, (_, index) => {
        const path = join(spool, `1-0-${index}.ndjson`);
        writeFileSync(path, Array.from({ length: history.calls / 10 }, (_unused, within) => `${JSON.stringify(historicCall(history, index * 10_000 + within))}\n`).join(""));
        return { name: `1-0-${index}.ndjson`, path };
      });
      await log.ingest(segments.slice(0, 4));
      await log.tidy(now);
      await log.ingest(segments.slice(4));
      await log.tidy(now);
      await log.tidy(now);
    }, 120_000);
    afterAll(async () => {
      await log.close();
      await place.destroy();
      rmSync(spool, { recursive: true, force: true });
    });

    const overview = (over: Partial<Parameters<CallLog["overview"]>[0]> = {}) => log.overview({ ...range, service: null, points: 100, tops: 5, ...over }, now);

    test("the overview's sums are those of the calls, its percentiles within two per cent", async () => {
      const { totals, series, causes, services, stepMs } = await overview();
      expect(totals).toMatchObject({ calls: history.calls, ...known, p50Ms: about(501), p90Ms: about(901), p95Ms: about(951), p99Ms: about(991), meanMs: about(501) });
      expect(series.reduce((sum, { calls }) => sum + calls, 0)).toBe(history.calls);
      expect(series.slice(1, -1).every(({ at }) => at % stepMs === 0)).toBe(true);
      expect(causes.reduce((sum, { calls }) => sum + calls, 0)).toBe(known.conflicts);
      expect(services).toHaveLength(5);
      expect(services[0]).toMatchObject({ calls: history.calls / 10, p99Ms: about(991) });
    });

    test("an overview of a part counts the part: of a service, of an hour", async () => {
      expect((await overview({ service: "service-3" })).totals).toMatchObject({ calls: history.calls / 10, errors: history.calls / 100, conflicts: 0 });
      const hour = await overview({ from: now - 60 * minuteMs - 1, to: now - 1 });
      expect([hour.from, hour.to]).toEqual([now - 61 * minuteMs, now]);
      expect(hour.totals.calls).toBe((await log.groups({ from: hour.from, to: hour.to }, { by: ["service"], measure: "calls", limit: 1 })).totals.calls);
      expect((await overview({ from: now, to: now + minuteMs })).totals).toMatchObject({ calls: 0, p99Ms: null, meanMs: null });
    });

    test("the overview's consumers are counted in full, and its resources are those with conflicts", async () => {
      const { tops } = await overview({ tops: 30 });
      expect(tops.consumer.map(({ calls }) => calls).reduce((sum, calls) => sum + calls, 0)).toBe(history.calls);
      expect(tops.resource[0]?.conflicts).toBeGreaterThan(0);
    });

    test("ageing to hours and days changes no sum and no percentile", async () => {
      const before = (await overview()).totals;
      for (const later of [3 * dayMs, 70 * dayMs]) {
        await log.tidy(now + later);
        const { totals } = await log.overview({ from: history.startMs - dayMs, to: now + dayMs, service: null, points: 100, tops: 5 }, now + later);
        expect(totals).toEqual({ ...before, meanMs: expect.closeTo(before.meanMs ?? 0, 6) as number });
      }
    });

    test("groups by one field and by two, with percentiles, largest first, and totals of all", async () => {
      const one = await log.groups({ where: queryOf("service:service-7,service-3") }, { by: ["service"], measure: "errors", limit: 10 });
      expect(one).toMatchObject({ found: 2, totals: { calls: history.calls / 5 } });
      expect(one.groups.map(({ values }) => values)).toEqual([["service-3"], ["service-7"]]);
      expect(one.groups[0]).toMatchObject({ calls: history.calls / 10, p99Ms: about(991) });
      const two = await log.groups(range, { by: ["consumer", "cause"], measure: "calls", limit: 3 });
      expect(two.groups).toHaveLength(3);
      expect(two.groups[0]?.values[1]).toBeNull();
      expect(two.totals).toMatchObject({ calls: history.calls, conflicts: known.conflicts });
    });

    test("a heat map has every call once, in the cell of its time and latency", async () => {
      const { cells } = await log.heatMap(range);
      expect(cells.reduce((sum, { calls }) => sum + calls, 0)).toBe(history.calls);
      expect(Math.min(...cells.map(({ fromMs }) => fromMs))).toBeLessThanOrEqual(1);
      expect(Math.max(...cells.map(({ toMs }) => toMs))).toBeGreaterThanOrEqual(1_000);
    });

    test("a series has the figures of each window, and windows that overlap share their calls", async () => {
      const steps = await log.series({ where: queryOf("service:service-7"), ...range }, { stepMs: 30 * minuteMs, overlap: 1, percentiles: true });
      expect(steps.reduce((sum, { calls }) => sum + calls, 0)).toBe(history.calls / 10);
      const windows = await log.series({ where: queryOf("service:service-7"), ...range }, { stepMs: 30 * minuteMs, overlap: 4, percentiles: true });
      const last = windows.find(({ at }) => at === now);
      const asked = await log.groups({ where: queryOf("service:service-7"), from: now - 120 * minuteMs, to: now }, { by: ["service"], measure: "calls", limit: 1 });
      expect(last).toEqual({ at: now, ...asked.totals });
      const without = await log.series({ where: queryOf("service:service-7"), ...range }, { stepMs: 30 * minuteMs, overlap: 4, percentiles: false });
      expect(without).toEqual(windows.map((figures) => ({ ...figures, meanMs: expect.closeTo(figures.meanMs ?? 0, 6) as number, p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null })));
      expect(windows.map(({ at }) => at)).toEqual(windows.map((_, index) => (windows[0]?.at ?? 0) + index * 30 * minuteMs));
    });

    test("what changed is counted by value, now and before", async () => {
      const middle = history.startMs + history.calls * 0.9 * history.spacingMs;
      const change = await log.change({ current: queryOf(`at:${middle}..${now}`), baseline: queryOf(`at:${2 * middle - now}..${middle}`), measure: "errors", fields: ["consumer", "service", "method"], limit: 20 });
      expect(change).toMatchObject({ currentCalls: history.calls / 10, baselineCalls: history.calls / 10, baseline: history.calls / 1_000 });
      const value = change.values.find(({ field, value: name }) => field === "consumer" && name === planted.consumer);
      expect(value?.current).toBeGreaterThan((value?.baseline ?? 0) + history.calls / 400);
      for (const field of ["service", "method"]) expect(change.values.filter((one) => one.field === field).reduce((sum, one) => sum + one.current, 0)).toBe(change.current);
    });

    test.each(changeMeasures)("what changed in %s adds up over the values of each field, and a field that no call has is left out", async (measure) => {
      const middle = history.startMs + history.calls * 0.6 * history.spacingMs;
      const change = await log.change({ current: queryOf(`at:${middle}..${now}`), baseline: queryOf(`at:${history.startMs}..${middle}`), measure, fields: ["service", "cause", "model"], limit: 100 });
      expect(change.currentCalls + change.baselineCalls).toBe(history.calls);
      for (const side of ["current", "baseline"] as const) {
        for (const field of ["service", "cause"]) expect(change.values.filter((one) => one.field === field).reduce((sum, one) => sum + one[side], 0)).toBeCloseTo(change[side], 3);
      }
      expect(change.values.filter(({ field }) => field === "model")).toEqual([]);
    });

    test("what was nothing before is counted with the calls that there were, by value", async () => {
      const first = { from: history.startMs, to: history.startMs + history.calls * 0.2 * history.spacingMs };
      const change = await log.change({ current: queryOf(`service:service-3 status:500 at:${first.to}..${now}`), baseline: queryOf(`service:service-3 status:200 at:${first.from}..${first.to}`), measure: "errors", fields: ["method"], limit: 20 });
      expect(change.baseline).toBe(0);
      expect(change.values.reduce((sum, value) => sum + value.baselineCalls, 0)).toBe(change.baselineCalls);
      expect(change.baselineCalls).toBeGreaterThan(0);
    });

    test.each([["forward", 3 * dayMs], ["back", -3 * dayMs]])("a clock that jumps %s and is set right again, with sums made coarser meanwhile, loses no call and counts none twice", async (_, jumpMs) => {
      const other = await prepare();
      const jumped = await other.open();
      try {
        const at = async (moment: number, name: string) => {
          const path = join(spool, name);
          const one = { calls: 1_000, startMs: moment - 3_600_000, spacingMs: 3_600 };
          writeFileSync(path, Array.from({ length: one.calls }, (_unused, number) => `${JSON.stringify({ ...historicCall(one, number), id: `${name}-${number}` })}\n`).join(""));
          await jumped.ingest([{ name, path }]);
          await jumped.tidy(moment);
        };
        await at(now, "9-0-1.ndjson");
        await at(now + jumpMs, "9-0-2.ndjson");
        await at(now + 30 * minuteMs, "9-0-3.ndjson");
        await jumped.tidy(now + 30 * minuteMs);
        const far = { service: null, points: 100, tops: 5, from: now - 10 * dayMs, to: now + 10 * dayMs };
        for (const seenAt of [now + 30 * minuteMs, now + 9 * dayMs]) {
          const { totals, series, services, tops } = await jumped.overview(far, seenAt);
          expect(totals.calls).toBe(3_000);
          expect(series.reduce((sum, { calls }) => sum + calls, 0)).toBe(3_000);
          expect(services.reduce((sum, { calls }) => sum + calls, 0)).toBeLessThanOrEqual(3_000);
          expect(tops.consumer.reduce((sum, { calls }) => sum + calls, 0)).toBeLessThanOrEqual(3_000);
        }
        const there = await jumped.overview({ ...far, from: now + jumpMs - dayMs, to: now + jumpMs + dayMs }, now + 30 * minuteMs);
        expect(there.totals.calls).toBe(1_000);
      } finally {
        await jumped.close();
        await other.destroy();
      }
    });

    test("figures of long ago are forgotten when told", async () => {
      await log.deleteFiguresBefore(now + 5 * dayMs);
      expect((await log.overview({ from: history.startMs - dayMs, to: now + dayMs, service: null, points: 10, tops: 5 }, now + 70 * dayMs)).totals.calls).toBe(0);
    });
  });
}
