import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSame, mergeThreeWay, withField } from "./three-way.ts";

describe("three-way merge", () => {
  test("fields that only one side touched merge by themselves", () => {
    const base = { path: "/a", upstream: { balance: "ewma", targets: [1] } };
    const mine = { path: "/b", upstream: { balance: "ewma", targets: [1] } };
    const theirs = { path: "/a", upstream: { balance: "failover", targets: [1] }, access: "open" };
    expect(mergeThreeWay({ base, mine, theirs })).toEqual({
      merged: { path: "/b", upstream: { balance: "failover", targets: [1] }, access: "open" },
      overlaps: [],
      taken: ["/upstream/balance", "/access"],
    });
  });

  test("a field that both changed differently asks, with all three values", () => {
    const { overlaps, merged } = mergeThreeWay({ base: { path: "/a" }, mine: { path: "/b" }, theirs: { path: "/c" } });
    expect(overlaps).toEqual([{ pointer: "/path", path: ["path"], base: "/a", mine: "/b", theirs: "/c" }]);
    expect(merged).toEqual({ path: "/b" });
  });

  test("the same change on both sides is no overlap", () => {
    expect(mergeThreeWay({ base: { limits: [] }, mine: { limits: [{ requests: 1 }] }, theirs: { limits: [{ requests: 1 }] } }).overlaps).toEqual([]);
  });

  test("removing against changing asks", () => {
    const merge = mergeThreeWay({ base: { jwt: "x" }, mine: {}, theirs: { jwt: "y" } });
    expect(merge.overlaps).toEqual([{ pointer: "/jwt", path: ["jwt"], base: "x", mine: undefined, theirs: "y" }]);
  });

  test("what only they removed is removed, what only I removed stays removed", () => {
    expect(mergeThreeWay({ base: { a: 1, b: 1 }, mine: { b: 1 }, theirs: { a: 1 } }).merged).toEqual({});
  });

  const json = fc.jsonValue({ maxDepth: 3 });

  test("with one side unchanged, the other side is the outcome", () => {
    fc.assert(
      fc.property(json, json, (base, changed) => {
        expect(isSame(mergeThreeWay({ base, mine: changed, theirs: base }).merged, changed)).toBe(true);
        const { merged, overlaps } = mergeThreeWay({ base, mine: base, theirs: changed });
        expect([isSame(merged, changed), overlaps.length]).toEqual([true, 0]);
      }),
    );
  });

  test("whether two sides overlap does not depend on which of them is mine", () => {
    fc.assert(
      fc.property(json, json, json, (base, one, other) => {
        const pointers = (mine: unknown, theirs: unknown) => mergeThreeWay({ base, mine, theirs }).overlaps.map((overlap) => overlap.pointer).toSorted();
        expect(pointers(one, other)).toEqual(pointers(other, one));
      }),
    );
  });
});

test("setting a field leaves everything else, and undefined takes it out", () => {
  const value = { a: { b: 1, c: 2 } };
  expect(withField(value, ["a", "b"], 3)).toEqual({ a: { b: 3, c: 2 } });
  expect(withField(value, ["a", "b"], undefined)).toEqual({ a: { c: 2 } });
  expect(value).toEqual({ a: { b: 1, c: 2 } });
});
