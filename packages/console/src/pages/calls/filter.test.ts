import { expect, test } from "vitest";
import { filterOf, parseCallsSearch } from "./filter.ts";

test("an address with a filter is read whole, and numbers that the router made become text again", () => {
  const search = parseCallsSearch({ service: "notes", status: 409, path: "/7", call: "abc", kind: "ai" });
  expect(search).toEqual({ service: "notes", status: "409", path: "/7", call: "abc", kind: "ai" });
  expect(filterOf(search)).toEqual({ service: "notes", status: "409", path: "/7", kind: "ai" });
});

test("what is no filter is left out", () => {
  expect(parseCallsSearch({ status: "9xx", kind: "smtp", service: "", other: "x", model: { a: 1 } })).toEqual({});
});
