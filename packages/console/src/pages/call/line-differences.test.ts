import { expect, test } from "vitest";
import { lineDifferences } from "./line-differences.ts";

function shown(first: string, again: string): string[] {
  const signs = { same: " ", first: "-", again: "+" };
  return lineDifferences(first, again).map(({ kind, text }) => signs[kind] + text);
}

test("only what differs is marked", () => {
  expect(shown("{\n  a\n  b\n}", "{\n  a\n  c\n}")).toEqual([" {", "   a", "-  b", "+  c", " }"]);
});

test("lines that came and went leave the others where they are", () => {
  expect(shown("a\nb\nc", "b\nc\nd")).toEqual(["-a", " b", " c", "+d"]);
  expect(shown("same", "same")).toEqual([" same"]);
});
