import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { applyJsonPatch, defaultLimits, equalJson, type Json } from "./index.ts";

interface Case {
  comment?: string;
  doc: Json;
  patch: Json;
  expected?: Json;
  error?: string;
  disabled?: boolean;
}

const suite = createRequire(import.meta.url);
const load = (name: string): Case[] => JSON.parse(readFileSync(suite.resolve(`json-patch-test-suite/${name}`), "utf8")) as Case[];
const cases = [...load("tests.json"), ...load("spec_tests.json")].filter((entry) => !entry.disabled && "patch" in entry);

describe("JSON Patch", () => {
  it("has the suite's cases to run", () => expect(cases.length).toBeGreaterThan(90));

  it.each(cases.map((entry, index) => [`${index} ${entry.comment ?? entry.error ?? JSON.stringify(entry.patch)}`, entry] as const))("%s", (_, entry) => {
    const before = JSON.stringify(entry.doc);
    const result = applyJsonPatch(entry.doc, entry.patch, defaultLimits);
    expect(JSON.stringify(entry.doc)).toBe(before);
    if (entry.error !== undefined) expect(result).toMatchObject({ ok: false });
    else if (!result.ok) throw new Error(result.detail);
    else if (entry.expected !== undefined) expect(equalJson(result.document, entry.expected)).toBe(true);
  });

  it("names the operation that failed", () => {
    const patch = [{ op: "add", path: "/a", value: 1 }, { op: "remove", path: "/b" }];
    expect(applyJsonPatch({}, patch, defaultLimits)).toEqual({ ok: false, reason: "not-applicable", index: 1, detail: "operation 1 (remove /b): it is not there" });
    expect(applyJsonPatch({}, [{ op: "spoil", path: "" }], defaultLimits)).toMatchObject({ reason: "malformed", index: 0 });
    expect(applyJsonPatch({}, { op: "add" }, defaultLimits)).toMatchObject({ reason: "malformed", index: null });
    expect(applyJsonPatch({}, [7], defaultLimits)).toMatchObject({ reason: "malformed", index: 0 });
    expect(applyJsonPatch({}, [{ op: "add", path: "a", value: 1 }], defaultLimits)).toMatchObject({ reason: "malformed", index: 0 });
    expect(applyJsonPatch({ a: {} }, [{ op: "move", from: "/a", path: "/a/b" }], defaultLimits)).toMatchObject({ reason: "not-applicable", index: 0 });
  });

  it("refuses a document that doubles itself, before it is there", () => {
    const doubling = Array.from({ length: 60 }, (_, index) => ({ op: "copy", from: "", path: `/${index}` }));
    expect(applyJsonPatch({ a: [1, 2, 3] }, doubling, defaultLimits)).toMatchObject({ ok: false, reason: "too-large" });
  });

  it("refuses more operations and deeper values than allowed", () => {
    const many = Array.from({ length: 11 }, () => ({ op: "test", path: "", value: 1 }));
    expect(applyJsonPatch(1, many, { ...defaultLimits, operations: 10 })).toMatchObject({ reason: "too-large" });
    const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`) as Json;
    expect(applyJsonPatch({}, [{ op: "add", path: "/a", value: deep }], defaultLimits)).toMatchObject({ reason: "too-large" });
  });

  it("takes __proto__ for a member like any other", () => {
    const patch = JSON.parse('[{"op":"add","path":"/__proto__","value":{"polluted":1}},{"op":"add","path":"/__proto__/more","value":2}]') as Json;
    const result = applyJsonPatch({}, patch, defaultLimits);
    expect(result.ok && JSON.stringify(result.document)).toBe('{"__proto__":{"polluted":1,"more":2}}');
    expect(applyJsonPatch({}, [{ op: "add", path: "/constructor/prototype/polluted", value: 1 }], defaultLimits)).toMatchObject({ ok: false });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
