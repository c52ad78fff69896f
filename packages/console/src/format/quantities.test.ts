import { describe, expect, test } from "vitest";
import { costText, counted, durationText, percentText, rateText, shortCountText, sizeText } from "./quantities.ts";

describe("quantities", () => {
  test.each([[0.2, "200 µs"], [3.14, "3.1 ms"], [9.97, "10 ms"], [42.4, "42 ms"], [1234, "1.23 s"], [61_000, "1 min 1 s"], [119_900, "2 min"], [300_000, "5 min"], [7_200_000, "2 h"], [7_260_000, "2 h 1 min"]])("%s ms reads as %s", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  test.each([[0, "0 B"], [1023, "1023 B"], [1536, "1.5 KiB"], [33_554_432, "32 MiB"]])("%s bytes read as %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test.each([[0, "$0"], [0.000123, "$0.00012"], [0.042, "$0.042"], [12.345, "$12.35"], [1e12, "$1,000,000,000,000.00"]])("a cost of %s keeps two significant digits: %s", (usd, text) => {
    expect(costText(usd)).toBe(text);
  });

  test.each([[null, "–"], [0, "0 %"], [0.000_01, "< 0.01 %"], [0.002, "0.20 %"], [0.009_99, "1.0 %"], [0.0997, "10 %"], [1, "100 %"], [6, "600 %"], [12_345, "1,234,500 %"]])("a share of %s reads as %s", (share, text) => {
    expect(percentText(share)).toBe(text);
  });

  test.each([[999, "999"], [12_345, "12.3k"], [1e9, "1.00G"], [999_600_000_000, "1.00T"], [4.5e12, "4.50T"]])("a large count of %s reads as %s", (count, text) => {
    expect(shortCountText(count)).toBe(text);
  });

  test("counts name what they count", () => {
    expect([counted(1, "key"), counted(1200, "key"), counted(2, "entry", "entries")]).toEqual(["1 key", "1,200 keys", "2 entries"]);
  });
});

test("rates that stand together have one unit, and no two of them read the same", () => {
  expect([0.005, 0.01].map((rate) => rateText(rate, 0.01))).toEqual(["18/h", "36/h"]);
  expect([0.2, 0.4, 0.6].map((rate) => rateText(rate, 0.6))).toEqual(["0.20/s", "0.40/s", "0.60/s"]);
  expect(rateText(0.0005)).toBe("1.8/h");
  expect(rateText(18_300)).toBe("18.3k/s");
  expect(rateText(0)).toBe("0/s");
});
