/** What every engine of the Counters port has to hold. The engine's test file calls this with a way to open one. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { CountersClock } from "../embedded/counters.ts";
import type { Counters, RateCheck } from "../ports/counters.ts";

export interface OpenedCounters {
  counters: Counters;
  close(): Promise<void>;
}

export class FakeClock implements CountersClock {
  nowMs = Date.UTC(2026, 0, 31, 23, 59, 0);

  monotonicMs(): number {
    return this.nowMs;
  }

  unixMs(): number {
    return this.nowMs;
  }
}

export function perPeriod(limit: number, milliseconds: number, key = "consumer:acme:0"): RateCheck {
  return { key, limit, period: { kind: "rolling", milliseconds }, cost: 1 };
}

function perMonth(limit: number): RateCheck {
  return { key: "consumer:acme:month", limit, period: { kind: "calendar", unit: "month" }, cost: 1 };
}

export function describeCounters(engine: string, open: (clock: CountersClock) => Promise<OpenedCounters>): void {
  describe(`counters: ${engine}`, () => {
    const opened: OpenedCounters[] = [];
    async function start(): Promise<{ clock: FakeClock; counters: Counters }> {
      const clock = new FakeClock();
      const engineUnderTest = await open(clock);
      opened.push(engineUnderTest);
      return { clock, counters: engineUnderTest.counters };
    }
    async function admitted(counters: Counters, checks: RateCheck[]): Promise<boolean> {
      return (await counters.admit(checks)).every((verdict) => verdict.admitted);
    }
    afterEach(async () => {
      for (const engineUnderTest of opened.splice(0)) await engineUnderTest.close();
    });

    it("keeps what was noted for its time, the last word", async () => {
      const { clock, counters } = await start();
      counters.note("a", "1", 1000);
      counters.note("a", "2", 1000);
      counters.note("b", "é", 5000);
      counters.note("long", "x".repeat(2000), 5000);
      expect(await counters.noted(["a", "nobody", "b", "long"])).toEqual(["2", null, "é", null]);
      clock.nowMs += 1000;
      expect(await counters.noted(["a", "b"])).toEqual([null, "é"]);
    });

    it("admits the whole count as a burst and not one more", async () => {
      const { counters } = await start();
      for (let call = 0; call < 3; call++) expect(await admitted(counters, [perPeriod(3, 1000)])).toBe(true);
      const [refused] = await counters.admit([perPeriod(3, 1000)]);
      expect(refused).toMatchObject({ admitted: false, remaining: 0 });
      expect(refused?.retryAfterMs).toBeCloseTo(1000 / 3, 3);
      expect(refused?.resetMs).toBeCloseTo(1000, 3);
    });

    it("has again what is refunded, of a rolling and of a calendar limit, and never more than the limit", async () => {
      const { counters } = await start();
      const checks: RateCheck[] = [perPeriod(3, 60_000), { key: "day", limit: 3, period: { kind: "calendar", unit: "day" }, cost: 1 }];
      counters.refund(checks);
      for (let call = 0; call < 3; call++) expect(await admitted(counters, checks)).toBe(true);
      expect(await admitted(counters, checks)).toBe(false);
      counters.refund(checks);
      expect((await counters.admit(checks)).map(({ admitted: is, remaining }) => [is, remaining])).toEqual([[true, 0], [true, 0]]);
      expect(await admitted(counters, checks)).toBe(false);
      for (let call = 0; call < 5; call++) counters.refund(checks);
      for (let call = 0; call < 3; call++) expect(await admitted(counters, checks)).toBe(true);
      expect(await admitted(counters, checks)).toBe(false);
    });

    it("admits again after the time that it named", async () => {
      const { clock, counters } = await start();
      await counters.admit([perPeriod(1, 1000)]);
      const [refused] = await counters.admit([perPeriod(1, 1000)]);
      clock.nowMs += (refused?.retryAfterMs ?? 0) - 10;
      expect(await admitted(counters, [perPeriod(1, 1000)])).toBe(false);
      clock.nowMs += 10;
      expect(await admitted(counters, [perPeriod(1, 1000)])).toBe(true);
    });

    it("takes nothing from any check when one of them refuses", async () => {
      const { counters } = await start();
      const wide = perPeriod(5, 1000, "wide");
      const narrow = perPeriod(1, 1000, "narrow");
      await counters.admit([wide, narrow]);
      expect(await admitted(counters, [wide, narrow])).toBe(false);
      expect((await counters.admit([wide]))[0]?.remaining).toBe(3);
    });

    it("keeps keys apart", async () => {
      const { counters } = await start();
      expect(await admitted(counters, [perPeriod(1, 1000, "a")])).toBe(true);
      expect(await admitted(counters, [perPeriod(1, 1000, "b")])).toBe(true);
      expect(await admitted(counters, [perPeriod(1, 1000, "a")])).toBe(false);
    });

    it("holds nobody to a day or a month of a time when the clock was ahead", async () => {
      const { clock, counters } = await start();
      for (const check of [perMonth(1), { ...perMonth(1), key: "a day", period: { kind: "calendar", unit: "day" } } satisfies RateCheck]) {
        clock.nowMs += 400 * 86_400_000;
        expect((await counters.admit([check]))[0]).toMatchObject({ admitted: true });
        expect((await counters.admit([check]))[0]).toMatchObject({ admitted: false });
        clock.nowMs -= 400 * 86_400_000;
        expect((await counters.admit([check]))[0]).toMatchObject({ admitted: true });
        expect((await counters.admit([check]))[0]).toMatchObject({ admitted: false });
      }
    });

    it("gives a calendar month its count anew when the month changes in UTC", async () => {
      const { clock, counters } = await start();
      expect((await counters.admit([perMonth(2)]))[0]).toEqual({ admitted: true, remaining: 1, resetMs: 60_000, retryAfterMs: 0 });
      expect(await admitted(counters, [perMonth(2)])).toBe(true);
      expect((await counters.admit([perMonth(2)]))[0]).toEqual({ admitted: false, remaining: 0, resetMs: 60_000, retryAfterMs: 60_000 });
      clock.nowMs += 60_000;
      expect(await admitted(counters, [perMonth(2)])).toBe(true);
    });

    it("ends a day with the zone's midnight, also where its clocks change", async () => {
      const { clock, counters } = await start();
      const perDay: RateCheck = { key: "consumer:acme:day:Europe/Berlin", limit: 1, period: { kind: "calendar", unit: "day" }, zone: "Europe/Berlin", cost: 1 };
      // 22:30 in Berlin on the last day of winter time; the day that follows has 23 hours.
      clock.nowMs = Date.UTC(2026, 2, 28, 21, 30);
      expect((await counters.admit([perDay]))[0]).toMatchObject({ admitted: true, resetMs: 90 * 60_000 });
      clock.nowMs += 90 * 60_000;
      expect((await counters.admit([perDay]))[0]).toMatchObject({ admitted: true, resetMs: 23 * 3_600_000 });
      expect(await admitted(counters, [perDay])).toBe(false);
      clock.nowMs += 23 * 3_600_000;
      expect(await admitted(counters, [perDay])).toBe(true);
    });

    it("says that a cost above the limit will never be admitted", async () => {
      const { counters } = await start();
      const [verdict] = await counters.admit([{ ...perPeriod(3, 1000), cost: 4 }]);
      expect(verdict).toMatchObject({ admitted: false, retryAfterMs: Infinity });
    });

    it("lends no more than the limit at the same time, and lends again what was given back", async () => {
      const { counters } = await start();
      expect(await counters.acquire("k", 2)).toBe(true);
      expect(await counters.acquire("k", 2)).toBe(true);
      expect(await counters.acquire("k", 2)).toBe(false);
      counters.release("k");
      expect(await counters.acquire("k", 2)).toBe(true);
    });

    it("never admits more than the burst and the rate allow in any stretch of time, however the calls come", async () => {
      const steps = fc.array(fc.record({ waitMs: fc.nat(400), calls: fc.integer({ min: 1, max: 12 }) }), { minLength: 1, maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 10, max: 2000 }), steps, async (limit, periodMs, pattern) => {
          const { clock, counters } = await start();
          const times: number[] = [];
          for (const step of pattern) {
            clock.nowMs += step.waitMs;
            const verdicts = await Promise.all(Array.from({ length: step.calls }, async () => await counters.admit([perPeriod(limit, periodMs)])));
            for (const [verdict] of verdicts) if (verdict?.admitted) times.push(clock.nowMs);
          }
          expectNoStretchAbove(times, limit, periodMs);
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** In t milliseconds at most `limit` + t·limit/period calls may pass: the burst, and what flowed in meanwhile. */
function expectNoStretchAbove(times: readonly number[], limit: number, periodMs: number): void {
  for (let first = 0; first < times.length; first++) {
    for (let last = first; last < times.length; last++) {
      const stretchMs = (times[last] as number) - (times[first] as number);
      expect(last - first + 1).toBeLessThanOrEqual(Math.floor(limit + (stretchMs * limit) / periodMs + 1e-3));
    }
  }
}
