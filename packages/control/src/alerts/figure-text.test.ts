/** What an alert says in figures: exact where it counts, short where it measures. */
import { expect, test } from "vitest";
import { durationText, valueText } from "./figure-text.ts";

test.each([
  ["calls", 18_351, "18,351"],
  ["tokens", 1_234_567_891, "1,234,567,891"],
  ["errors", 3, "3"],
  ["calls_per_second", 12.345_6, "12.35"],
  ["burn_rate", 1.5, "1.5"],
  ["error_rate", 0.086_2, "8.62 %"],
  ["conflict_rate", 0.2, "20 %"],
  ["budget_used", 15.34, "1,530 %"],
  ["cost", 0.000_012_5, "0.0000125 USD"],
  ["cost", 1_234_567.89, "1,234,567.89 USD"],
  ["cost", 50, "50 USD"],
  ["latency_p95", 812, "812ms"],
  ["certificate_days", 13.9, "13 days"],
] as const)("%s of %d is said as %s", (metric, value, text) => {
  expect(valueText(metric, value)).toBe(text);
});

test("a window is said in the unit that it is written in", () => {
  expect([15_000, 300_000, 3_600_000, 30 * 86_400_000].map(durationText)).toEqual(["15s", "5m", "1h", "30d"]);
});
