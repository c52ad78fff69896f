import { describe, expect, test } from "vitest";
import { duration, parseDuration, parseMoney, parseSize, period, size } from "./units.ts";

describe("quantities", () => {
  test.each([
    ["500ms", 500],
    ["10s", 10_000],
    ["1.5h", 5_400_000],
    ["30d", 2_592_000_000],
    ["0s", 0],
  ])("the duration %s is %d milliseconds", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each(["10", "s", "-1s", "10 sec", "1e3s", "10s ", ""])("%j is no duration", (text) => expect(parseDuration(text)).toBeNull());

  test.each([
    ["16KiB", 16_384],
    ["32MiB", 33_554_432],
    ["10MB", 10_000_000],
    ["512B", 512],
  ])("the size %s is %d bytes", (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test("money names its currency", () => {
    expect(parseMoney("50 USD")).toEqual({ amount: 50, currency: "USD" });
    expect(parseMoney("50")).toBeNull();
  });

  test("a period is rolling or a calendar's", () => {
    expect(period.parse("1m")).toEqual({ kind: "rolling", milliseconds: 60_000 });
    expect(period.parse("month")).toEqual({ kind: "calendar", unit: "month" });
    expect(period.safeParse("0s").success).toBe(false);
  });

  test("a refused quantity says how it is written", () => {
    expect(duration.safeParse("10").error?.issues[0]?.message).toContain("500ms, 10s");
    expect(size.safeParse("ten").error?.issues[0]?.message).toContain("16KiB");
  });
});
