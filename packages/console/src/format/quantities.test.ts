import { describe, expect, test } from "vitest";
import { costText, counted, durationText, sizeText } from "./quantities.ts";

describe("quantities", () => {
  test.each([[0.2, "200 µs"], [3.14, "3.1 ms"], [42.4, "42 ms"], [1234, "1.23 s"], [61_000, "1 min 1 s"], [119_900, "2 min"], [300_000, "5 min"], [7_200_000, "2 h"], [7_260_000, "2 h 1 min"]])("%s ms reads as %s", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  test.each([[0, "0 B"], [1023, "1023 B"], [1536, "1.5 KiB"], [33_554_432, "32 MiB"]])("%s bytes read as %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test.each([[0, "$0"], [0.000123, "$0.00012"], [0.042, "$0.042"], [12.345, "$12.35"]])("a cost of %s keeps two significant digits: %s", (usd, text) => {
    expect(costText(usd)).toBe(text);
  });

  test("counts name what they count", () => {
    expect([counted(1, "key"), counted(1200, "key"), counted(2, "entry", "entries")]).toEqual(["1 key", "1,200 keys", "2 entries"]);
  });
});
