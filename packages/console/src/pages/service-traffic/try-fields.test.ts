import { expect, it } from "vitest";
import { headersOf, withField } from "./try-fields.ts";

it("reads one field a line, JSON where no type is said", () => {
  expect(headersOf("X-A: b: c\n\nnothing\nContent-Type:text/plain ")).toEqual({ "x-a": "b: c", "content-type": "text/plain" });
  expect(headersOf("")).toEqual({ "content-type": "application/json" });
});

it("sets a field once, whatever its case", () => {
  expect(withField("if-match: \"1\"\nX-A: b\n", "If-Match", '"2"')).toBe('X-A: b\nIf-Match: "2"');
  expect(withField("", "If-Match", '"2"')).toBe('If-Match: "2"');
});
