import { describe, expect, test } from "vitest";
import { type PeriodLimit, periodStart, queryOf, usedOf } from "./usage.ts";

const now = Date.parse("2026-11-22T18:30:15.250Z");

describe("a period", () => {
  test.each([
    [{ tokens: 1, per: "1m" }, "2026-11-22T18:29:15.250Z"],
    [{ tokens: 1, per: "1h30m" }, "2026-11-22T17:00:15.250Z"],
    [{ cost: "1 USD", per: "day" }, "2026-11-22T00:00:00.000Z"],
    [{ cost: "1 USD", per: "month" }, "2026-11-01T00:00:00.000Z"],
    [{ cost: "1 USD", per: "day", zone: "Europe/Berlin" }, "2026-11-21T23:00:00.000Z"],
    [{ cost: "1 USD", per: "day", zone: "Asia/Tokyo" }, "2026-11-22T15:00:00.000Z"],
    // The clocks changed on 1 November in New York.
    [{ cost: "1 USD", per: "month", zone: "America/New_York" }, "2026-11-01T04:00:00.000Z"],
  ] as [PeriodLimit, string][])("%j began at %s", (limit, start) => {
    expect(new Date(periodStart(limit, now)).toISOString()).toBe(start);
  });
});

test("each kind of limit counts its own", () => {
  const totals = { calls: 7, inputTokens: 100, outputTokens: 20, costUsd: 0.5 };
  expect(usedOf({ requests: 10, per: "1m" }, totals)).toEqual({ used: 7, most: 10, unit: "requests" });
  expect(usedOf({ tokens: 200, per: "1m" }, totals)).toEqual({ used: 120, most: 200, unit: "tokens" });
  expect(usedOf({ cost: "50 USD", per: "month" }, totals)).toEqual({ used: 0.5, most: 50, unit: "USD" });
  expect(queryOf({ requests: 10, per: "1m", methods: ["PUT", "POST"] } as PeriodLimit, "acme")).toBe('consumer:"acme" method:PUT,POST');
});
