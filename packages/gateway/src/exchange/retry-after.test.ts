import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const asked = (value: string): number | undefined => retryAfterMs(["Retry-After", value], now);

it("reads seconds, units, and dates in each of HTTP's forms", () => {
  expect(["3", "1.5", "250ms", "20 s"].map(asked)).toEqual([3_000, 1_500, 250, 20_000]);
  expect(["Thu, 01 Jan 2026 00:00:09 GMT", "Thursday, 01-Jan-26 00:00:09 GMT", "2026-01-01T00:00:09Z"].map(asked)).toEqual([9_000, 9_000, 9_000]);
  expect(asked("Wed, 31 Dec 2025 23:59:00 GMT")).toBe(0);
});

it.each(["", "-1", "-120", "later 5", "5, 5", "7;x", "soon", "1e3"])("takes %j for no word about waiting, where it would be a date of 2001 and mean at once", (value) => {
  expect(asked(value)).toBeUndefined();
});

it("holds what is too long for any wait to a number that can be written as seconds", () => {
  for (const value of ["9".repeat(30), "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT"]) expect(String(asked(value))).toMatch(/^1000000000000$/);
  expect(retryAfterMs(["retry-after-ms", "9".repeat(30)], now)).toBe(1_000_000_000_000);
});
