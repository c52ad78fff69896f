import { expect, test } from "vitest";
import { headDirection, inOrder, turned } from "./table-rows.ts";

test("names are put in order as people count, numbers by their size", () => {
  expect(inOrder(["notes-10", "notes-9", "Bills"], (name) => name, false)).toEqual(["Bills", "notes-9", "notes-10"]);
  expect(inOrder([10, 9, 100], (size) => size, true)).toEqual([100, 10, 9]);
});

test("what is equal keeps the table's own order, whichever the direction", () => {
  const rows = [{ name: "b", calls: 1 }, { name: "a", calls: 1 }, { name: "c", calls: 2 }];
  expect(inOrder(rows, ({ calls }) => calls, false).map(({ name }) => name)).toEqual(["b", "a", "c"]);
  expect(inOrder(rows, ({ calls }) => calls, true).map(({ name }) => name)).toEqual(["c", "b", "a"]);
});

test("a head sorts upwards, then downwards, then no more; another head begins anew", () => {
  const up = turned(null, "Name");
  const down = turned(up, "Name");
  expect([headDirection(up, "Name"), headDirection(down, "Name"), turned(down, "Name")]).toEqual(["ascending", "descending", null]);
  expect(turned(down, "Calls")).toEqual({ head: "Calls", descending: false });
  expect(headDirection(up, "Calls")).toBe("none");
});
