import { describe, expect, test } from "vitest";
import { boundaryOf, readFields, readParts } from "./mime-parts.ts";

describe("the boundary that a Content-Type names", () => {
  test.each<[string, string | null]>([
    ["multipart/mixed; boundary=a", "a"],
    ['Multipart/Mixed ;charset=utf-8; Boundary="a b:c" ; ', "a b:c"],
    ['multipart/mixed; type="text/xml; boundary=other"; boundary=a', "a"],
    ["multipart/mixed; xboundary=other; boundary=a", "a"],
    ["multipart/mixed", null],
    ["multipart/mixed; boundary=", null],
    ['multipart/mixed; boundary="a "', null],
    [`multipart/mixed; boundary=${"a".repeat(71)}`, null],
    ["multipart/mixed; boundary=a; boundary=b", null],
    ["multipart/mixed; boundary=a; BOUNDARY=a", null],
    ["multipart/mixed; boundary*=UTF-8''b; boundary=a", null],
    ["multipart/mixed; boundary=a; boundary*0=b", null],
    ['multipart/mixed; boundary=a"', null],
    ["multipart/form-data; boundary=a", null],
  ])("%s: %s", (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
    expect(boundaryOf(contentType.replace(/mixed/i, "form-data"), "form-data")).toBe(contentType.includes("form-data") ? "a" : boundary);
  });
});

test("a field's value has no blanks at its ends and keeps every other byte", () => {
  expect(readFields("A: \t caf\xc3\xa0 \t\r\nB:\r\nC:  \r\nD: a  b")).toEqual(["A", "caf\xc3\xa0", "B", "", "C", "", "D", "a  b"]);
});

test("a megabyte of blanks in a field, or of parameters in a type, is read in the time that its bytes need", () => {
  const blanks = " ".repeat(1_000_000);
  expect([readFields(`A:${blanks}\x01`), readFields(`A:${blanks}x`), readFields(`A:x${blanks}`)]).toEqual([null, ["A", "x"], ["A", "x"]]);
  expect([boundaryOf(`multipart/mixed; ${"boundary=a; ".repeat(80_000)}"`), boundaryOf(`multipart/mixed;${blanks}"`), boundaryOf(`multipart/mixed${"; ".repeat(500_000)}"`)]).toEqual([null, null, null]);
});

test("a body of more parts than anybody means is not read to its end", () => {
  const body = (parts: number): Buffer => Buffer.from(`${"--b\r\n\r\n".repeat(parts)}--b--`);
  expect(readParts(body(10_000), "b", "strict")).toHaveLength(10_000);
  expect(readParts(body(10_001), "b", "strict")).toBe("has more than 10000 parts");
});
