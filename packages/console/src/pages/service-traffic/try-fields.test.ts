import { expect, it } from "vitest";
import { headersOf, refusedState, withField } from "./try-fields.ts";

it("reads one field a line, JSON where no type is said", () => {
  expect(headersOf("X-A: b: c\n\nnothing\nContent-Type:text/plain ")).toEqual({ "x-a": "b: c", "content-type": "text/plain" });
  expect(headersOf("")).toEqual({ "content-type": "application/json" });
});

it("sets a field once, whatever its case", () => {
  expect(withField("if-match: \"1\"\nX-A: b\n", "If-Match", '"2"')).toBe('X-A: b\nIf-Match: "2"');
  expect(withField("", "If-Match", '"2"')).toBe('If-Match: "2"');
});

it("says beforehand which versions refuse, and what to do about a draft", () => {
  expect(refusedState({ name: "v3", status: "draft" })).toContain("Pin a consumer playground to it");
  expect(refusedState({ name: "v0", status: "retired" })).toContain("410");
  expect([refusedState({ name: "v1", status: "deprecated" }), refusedState({ name: "v2", status: "published" }), refusedState(undefined)]).toEqual([null, null, null]);
});
