import { expect, test } from "vitest";
import { type ObserveSearch, rangeOf } from "./search.ts";

test.each([
  [{}, { kind: "last", span: "1h" }],
  [{ range: "24h" }, { kind: "last", span: "24h" }],
  [{ range: "3h" }, { kind: "last", span: "1h" }],
  [{ range: "toString" }, { kind: "last", span: "1h" }],
  [{ from: 1000, to: 2000 }, { kind: "between", from: 1000, to: 2000 }],
  [{ from: 2000, to: 1000, range: "7d" }, { kind: "last", span: "7d" }],
  [{ from: "now", to: {} }, { kind: "last", span: "1h" }],
])("an address with %j has a range that can be shown", (search, range) => {
  expect(rangeOf(search as ObserveSearch)).toEqual(range);
});
