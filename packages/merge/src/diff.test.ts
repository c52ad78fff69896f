import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyJsonPatch, applyMergePatch, defaultLimits, diff, equalJson, type Json, mergePatchBetween } from "./index.ts";

const names = fc.constantFrom("a", "b", "c/d", "e~f", "", "__proto__", "constructor", "0");
const document = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, 0, -0, 1, 1.5, "", "x", "y"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe("differences", () => {
  it.each(["atomic", "elements"] as const)("lead from the one to the other, arrays %s", (arrays) => {
    fc.assert(
      fc.property(document, document, (from, to) => {
        const result = applyJsonPatch(from, diff(from, to, { arrays }) as Json, defaultLimits);
        expect(result.ok && equalJson(result.document, to)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("are none between equal documents, whatever the order of members", () => {
    fc.assert(fc.property(document, (value) => diff(value, JSON.parse(JSON.stringify(value)) as Json).length === 0));
    expect(diff({ a: 1, b: 0 }, { b: -0, a: 1 })).toEqual([]);
  });

  it("name what changed and nothing else, in a stable order", () => {
    expect(diff({ b: 1, a: { x: 1, y: 2 }, gone: 1 }, { new: null, a: { y: 3, x: 1 }, b: 1 })).toEqual([
      { op: "remove", path: "/gone" },
      { op: "replace", path: "/a/y", value: 3 },
      { op: "add", path: "/new", value: null },
    ]);
    expect(diff({ items: [1, 2, 3, 4] }, { items: [1, 9, 3, 4] })).toEqual([{ op: "replace", path: "/items/1", value: 9 }]);
    expect(diff({ items: [1, 2, 3] }, { items: [0, 1, 2, 3] })).toEqual([{ op: "add", path: "/items/0", value: 0 }]);
    expect(diff({ items: [1, 2] }, { items: [1] }, { arrays: "atomic" })).toEqual([{ op: "replace", path: "/items", value: [1] }]);
    expect(diff({ "a/b": 1, "c~d": 1 }, { "a/b": 2, "c~d": 2 }).map((change) => change.path)).toEqual(["/a~1b", "/c~0d"]);
    expect(diff([], {})).toEqual([{ op: "replace", path: "", value: {} }]);
  });
});

describe("merge patches", () => {
  // The table of RFC 7396, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'], ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'], ['{"a":"b"}', '{"a":null}', "{}"], ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'], ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'], ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'], ['["a","b"]', '["c","d"]', '["c","d"]'], ['{"a":"b"}', '["c"]', '["c"]'], ['{"a":"foo"}', "null", "null"],
    ['{"a":"foo"}', '"bar"', '"bar"'], ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'], ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'], ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])("%s with %s is %s", (target, patch, expected) => {
    expect(JSON.stringify(applyMergePatch(JSON.parse(target) as Json, JSON.parse(patch) as Json))).toBe(expected);
  });

  it("lead from the one to the other wherever there is one", () => {
    fc.assert(
      fc.property(document, document, (from, to) => {
        const patch = mergePatchBetween(from, to);
        if (patch !== undefined) expect(equalJson(applyMergePatch(from, patch), to)).toBe(true);
        else expect(JSON.stringify(to)).toContain("null");
      }),
      { numRuns: 1000 },
    );
  });

  it("cannot say that a member becomes null, and do not pretend to", () => {
    expect(mergePatchBetween({ a: 1 }, { a: null })).toBeUndefined();
    expect(mergePatchBetween({ a: null, b: 1 }, { a: null, b: 2 })).toEqual({ b: 2 });
    expect(mergePatchBetween({}, { a: [null] })).toEqual({ a: [null] });
  });

  it("do not reach a prototype", () => {
    const merged = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}') as Json);
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
