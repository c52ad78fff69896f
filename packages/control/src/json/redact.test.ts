import { describe, expect, test } from "vitest";
import { redactedText } from "./redact.ts";

const text = (value: unknown): Buffer => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

describe("a body that is shown", () => {
  test("has nothing at the places that are hidden, in objects and arrays, and is else as it was", () => {
    const shown = redactedText(text({ card: { number: 1, holder: "ann" }, items: [{ pin: 1 }, { pin: 2 }], "a/b": 1 }), "application/json", ["/card/number", "/items/1/pin", "/a~1b", "/none/there"]);
    expect(JSON.parse(shown ?? "")).toEqual({ card: { number: "***", holder: "ann" }, items: [{ pin: 1 }, { pin: "***" }], "a/b": "***" });
    expect(redactedText(text('{ "a":1}'), "application/merge-patch+json", [])).toBe('{ "a":1}');
  });

  test.each([
    ["is no text", Buffer.from([0xff, 0xfe]), "application/json", []],
    ["is not the JSON that it says it is", text("{"), "application/json", ["/a"]],
    ["is in another form, in which nobody knows where the hidden places are", text("<a/>"), "application/xml", ["/a"]],
  ] as const)("is not shown where it %s", (...[, bytes, type, pointers]) => {
    expect(redactedText(bytes, type, pointers)).toBeNull();
  });

  test("in another form is shown where nothing is hidden", () => {
    expect(redactedText(text("<a/>"), "application/xml", [])).toBe("<a/>");
  });
});
