import { expect, test } from "vitest";
import { parseCallsSearch } from "./search.ts";

test("an address is read whole, and numbers that the router made become text again", () => {
  expect(parseCallsSearch({ q: "status:409", from: 1, to: 2, call: "abc", columns: "status,path" })).toEqual({ q: "status:409", from: 1, to: 2, call: "abc", columns: "status,path" });
  expect(parseCallsSearch({ q: 409, range: "7d" })).toEqual({ q: "409", range: "7d" });
});

test("single values of an address become terms of the filter", () => {
  expect(parseCallsSearch({ service: "notes", status: 409, path: 'a"b', consumer: "Bob's app" }).q).toBe(`service:notes consumer:"Bob's app" status:409 path:*"a\\"b"*`);
});

test("what is no range is left out, and the range that is meant without one is not written", () => {
  expect(parseCallsSearch({ range: "8 parsecs", from: 5, to: 1, other: "x" })).toEqual({});
  expect(parseCallsSearch({ range: "1h" })).toEqual({});
});
