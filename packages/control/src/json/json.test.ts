import fc from "fast-check";
import type { Json } from "@parley/stores/ports/config-store";
import { describe, expect, test } from "vitest";
import { difference, equalJson, type Change } from "./difference.ts";
import { mergePatch } from "./merge-patch.ts";
import { segmentsOf } from "./pointer.ts";

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

/** Carries a patch out, operation by operation, as RFC 6902 says. */
function applyPatch(document: Json | undefined, changes: readonly Change[]): Json | undefined {
  const root: { "": Json | undefined } = { "": structuredClone(document) };
  for (const { op, path, value } of changes) {
    const segments = ["", ...segmentsOf(path)];
    const last = segments.pop() as string;
    const holder = segments.reduce<Record<string, Json | undefined>>((inner, segment) => inner[segment] as Record<string, Json | undefined>, root as Record<string, Json | undefined>);
    if (Array.isArray(holder)) holder.splice(Number(last), op === "add" ? 0 : 1, ...(op === "remove" ? [] : [structuredClone(value) as Json]));
    else if (op === "remove") delete holder[last];
    else Object.defineProperty(holder, last, { value: structuredClone(value), writable: true, enumerable: true, configurable: true });
  }
  return root[""];
}

describe("difference", () => {
  test("leads from any value to any other, one operation after the other", () => {
    fc.assert(fc.property(json, json, (before, after) => {
      expect(JSON.stringify(sorted(applyPatch(before, difference(before, after))))).toBe(JSON.stringify(sorted(after)));
    }), { numRuns: 500 });
  });

  test("is empty exactly where the values are equal", () => {
    fc.assert(fc.property(json, (value) => {
      expect(difference(value, structuredClone(value))).toEqual([]);
    }));
    expect(equalJson({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(equalJson([1, 2], [2, 1])).toBe(false);
    expect(equalJson({ a: null }, {})).toBe(false);
  });
});

test.each<[target: Json, patch: Json, result: Json]>([
  // RFC 7396, appendix A.
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("merges %j with %j to %j", (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test("a patch cannot reach a prototype", () => {
  const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as Json);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as Json);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).toSorted().map((name) => [name, sorted(value[name]) as Json]));
}
