import { describe, expect, test } from "vitest";
import { RefusalError } from "../refusal.ts";
import { expectTag, notModified, preconditionOf, type Precondition } from "./etag.ts";

const of = (headers: Record<string, string>): Precondition => preconditionOf(new Headers(headers));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal.code;
    throw error;
  }
  return "none";
}

describe("a precondition", () => {
  test.each([
    ['"42-abc"', ["42-abc"]],
    ['"1-a", "2-b"', ["1-a", "2-b"]],
    // A tag that something in between rewrote while it compressed.
    ['"42-abc-gzip"', ["42-abc"]],
    ['"42-abc--gzip"', ["42-abc"]],
    ['"42-abc;gzip"', ["42-abc"]],
    ['"42-abc-br"', ["42-abc"]],
    ['"42-abc-zstd"', ["42-abc"]],
  ])("reads If-Match: %s", (text, tags) => {
    expect(of({ "if-match": text })).toEqual({ kind: "tags", tags });
  });

  test("knows none, * and If-None-Match: *", () => {
    expect([of({}), of({ "if-match": "*" }), of({ "if-none-match": " * " })]).toEqual([{ kind: "none" }, { kind: "present" }, { kind: "absent" }]);
  });

  test.each([
    [{ "if-match": 'W/"42-abc"' }],
    [{ "if-match": "42-abc" }],
    [{ "if-match": '"42-abc' }],
    [{ "if-match": '""' }],
    [{ "if-match": "" }],
    [{ "if-match": '*, "a"' }],
    [{ "if-match": '"a",' }],
    [{ "if-match": '"a b"' }],
    [{ "if-none-match": '"a"' }],
    [{ "if-match": '"a"', "if-none-match": "*" }],
  ])("refuses %j as garbled", (headers) => {
    expect(codeOf(() => of(headers))).toBe("invalid-parameter");
  });

  const there = { tag: "now" };
  test.each<[precondition: Precondition, current: { tag: string } | null, code: string]>([
    [{ kind: "none" }, there, "precondition-required"],
    [{ kind: "none" }, null, "precondition-required"],
    [{ kind: "absent" }, null, "none"],
    [{ kind: "absent" }, there, "precondition-failed"],
    [{ kind: "present" }, there, "none"],
    [{ kind: "present" }, null, "precondition-failed"],
    [{ kind: "tags", tags: ["old", "now"] }, there, "none"],
    [{ kind: "tags", tags: ["old"] }, there, "precondition-failed"],
    [{ kind: "tags", tags: ["now"] }, null, "precondition-failed"],
  ])("%j on %j ends as %s", (precondition, current, code) => {
    expect(codeOf(() => expectTag(precondition, current, "it"))).toBe(code);
  });
});

test("a read compares weakly", () => {
  const matches = (text: string): boolean => notModified(new Headers({ "if-none-match": text }), '"a"');
  expect(['"a"', 'W/"a"', '"b", W/"a-gzip"', "*"].map(matches)).toEqual([true, true, true, true]);
  expect(['"b"', "a", ""].map(matches)).toEqual([false, false, false]);
});
