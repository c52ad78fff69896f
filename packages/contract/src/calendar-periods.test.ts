import { describe, expect, it, test } from "vitest";
import { type CalendarPeriod, CalendarPeriods } from "./calendar-periods.ts";

const hourMs = 3_600_000;

describe("a quota's day, where the clocks change", () => {
  it.each<[zone: string, noon: string, begins: string, hours: number]>([
    // Forward and back; by half an hour; at a midnight that there is not, that comes twice, that is the change's end.
    ["Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00.000Z", 23],
    ["Europe/Berlin", "2026-10-25T11:00:00Z", "2026-10-24T22:00:00.000Z", 25],
    ["America/New_York", "2026-03-08T16:00:00Z", "2026-03-08T05:00:00.000Z", 23],
    ["America/New_York", "2026-11-01T17:00:00Z", "2026-11-01T04:00:00.000Z", 25],
    ["Australia/Lord_Howe", "2026-10-04T01:00:00Z", "2026-10-03T13:30:00.000Z", 23.5],
    ["Africa/Cairo", "2026-04-24T09:00:00Z", "2026-04-23T22:00:00.000Z", 23],
    ["Africa/Cairo", "2026-10-29T09:00:00Z", "2026-10-28T21:00:00.000Z", 25],
    ["America/Havana", "2026-11-01T17:00:00Z", "2026-11-01T04:00:00.000Z", 25],
    ["America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00.000Z", 23],
    ["America/Santiago", "2026-09-05T12:00:00Z", "2026-09-05T04:00:00.000Z", 24],
    ["America/Nuuk", "2026-10-24T12:00:00Z", "2026-10-24T01:00:00.000Z", 25],
    ["UTC", "2026-03-29T10:00:00Z", "2026-03-29T00:00:00.000Z", 24],
  ])("in %s, at %s", (zone, noon, begins, hours) => {
    const { start, ends } = new CalendarPeriods().at(Date.parse(noon), "day", zone);
    expect([new Date(start).toISOString(), (ends - start) / hourMs]).toEqual([begins, hours]);
  });
});

it("has the hours of its month, with the one that the clocks took or gave", () => {
  const hoursOf = (now: string): number => {
    const { start, ends } = new CalendarPeriods().at(Date.parse(now), "month", "Europe/Berlin");
    return (ends - start) / hourMs;
  };
  expect([hoursOf("2026-03-15T00:00:00Z"), hoursOf("2026-10-15T00:00:00Z"), hoursOf("2026-02-28T23:30:00Z")]).toEqual([31 * 24 - 1, 31 * 24 + 1, 31 * 24 - 1]);
});

test.each(["Europe/Berlin", "America/New_York", "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Nuuk"])("every moment of a year is in one day and one month of %s, which follow without a gap", (zone) => {
  const periods = new CalendarPeriods();
  // Asked about another day before, for the latest answer is kept.
  const periodAt = (at: number, unit: "day" | "month"): CalendarPeriod => (periods.at(0, unit, zone), periods.at(at, unit, zone));
  for (const unit of ["day", "month"] as const) {
    let period = periodAt(Date.UTC(2026, 0, 1), unit);
    while (period.ends < Date.UTC(2027, 0, 2)) {
      const next = periodAt(period.ends, unit);
      expect(next.start, new Date(period.ends).toISOString()).toBe(period.ends);
      for (const at of [period.start, period.start + hourMs, period.ends - hourMs, period.ends - 1]) expect(periodAt(at, unit), new Date(at).toISOString()).toEqual(period);
      period = next;
    }
  }
});
