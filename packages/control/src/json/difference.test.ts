import fc from "fast-check";
import { equalJson, parsePointer } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";
import { describe, expect, test } from "vitest";
import { difference, type Change } from "./difference.ts";

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

/** Carries a patch out, operation by operation, as RFC 6902 says. */
function applyPatch(document: Json | undefined, changes: readonly Change[]): Json | undefined {
  const root: { "": Json | undefined } = { "": structuredClone(document) };
  for (const { op, path, value } of changes) {
    const segments = ["", ...(parsePointer(path) ?? [])];
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
    fc.assert(fc.property(json, json, (before, after) => {
      expect(difference(before, structuredClone(before))).toEqual([]);
      expect(difference(before, after).length === 0).toBe(equalJson(before, after));
    }));
  });
});

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as Json);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).toSorted().map((name) => [name, sorted(value[name]) as Json]));
}
