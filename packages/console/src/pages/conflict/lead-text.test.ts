import { expect, test } from "vitest";
import { leadText } from "./lead-text.ts";

test("says how long before the other's change was there, where that is known", () => {
  const at = Date.parse("2026-01-02T03:04:05.500Z");
  expect(leadText({ at, current: { changedBy: "bob", changedAt: "2026-01-02T03:04:04.300Z" } })).toBe(", whose change was there 1.20 s before");
  expect(leadText({ at, current: { changedBy: "bypass", changedAt: "2026-01-02T03:04:04.300Z" } })).toBe("");
  expect([leadText({ at }), leadText({ at, current: { changedAt: "2027-01-02T03:04:04.300Z" } })]).toEqual(["", ""]);
});
