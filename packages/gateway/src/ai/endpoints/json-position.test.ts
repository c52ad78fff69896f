import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "./json-position.ts";

describe("findJsonFault", () => {
  it("takes for JSON what the runtime's parser takes for JSON, and nothing else", () => {
    const piece = fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"\\u00e9"', '"\\x"', '"\n"', '"', "1", "-0.5e3", "01", "true", "nul", " ", "\n", "\\");
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""))), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(findJsonFault(text) === null).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":1,}', { offset: 7, line: 1, column: 8 }],
    ['{"a":\n "b" "c"}', { offset: 11, line: 2, column: 6 }],
    ['{"a":"x', { offset: 7, line: 1, column: 8 }],
    ['{"a":1} x', { offset: 8, line: 1, column: 9 }],
    ["", { offset: 0, line: 1, column: 1 }],
  ])("says where %s stops being JSON", (text, position) => {
    expect(findJsonFault(text)).toEqual(position);
  });

  it("finds the place in megabytes", () => {
    expect(findJsonFault(`{"a":"${"x".repeat(5_000_000)}",}`)?.offset).toBe(5_000_008);
  });
});
