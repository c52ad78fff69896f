import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memberText, memberValue, splice, topLevelMembers } from "./top-level-members.ts";

describe("topLevelMembers", () => {
  it("finds what a parser finds, whatever else is in the object", () => {
    const key = fc.constantFrom("model", "stream", "a", "\u{1F642}\"\\", "x".repeat(60));
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("\\", "\\\"", `${"y".repeat(70)}\\"`, { model: "inner" }));
    const space = fc.constantFrom(0, 1, "\r\n\t");
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), space, (object, indent) => {
        const bytes = Buffer.from(JSON.stringify(object, null, indent));
        const found = topLevelMembers(bytes, ["model", "stream"]);
        const expected = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect(found?.end).toBe(bytes.lastIndexOf("}"));
        for (const name of ["model", "stream"]) {
          const range = found?.members[name];
          expect(range ? JSON.parse(memberText(bytes, range)) : undefined).toEqual(expected[name]);
          expect(range ? memberValue(bytes, range) : undefined).toEqual(expected[name]);
        }
      }),
    );
  });

  it("reads a key that is written with escapes, and takes the last of a name", () => {
    const bytes = Buffer.from('{"model":"first","mod\\u0065l":"last"}');
    const found = topLevelMembers(bytes, ["model"])!;
    expect(memberText(bytes, found.members["model"]!)).toBe('"last"');
    expect(found.isAmbiguous).toBe(true);
  });

  it("finds nothing in what is cut or no object", () => {
    const whole = '{"a":"b\\"","model":[1,{"c":"}"}]}';
    for (let length = 0; length < whole.length; length++) expect(topLevelMembers(Buffer.from(whole.slice(0, length)), ["model"])).toBeNull();
    expect(topLevelMembers(Buffer.from("[1]"), ["model"])).toBeNull();
  });
});

describe("splice", () => {
  it("replaces ranges and leaves all other bytes as they were", () => {
    expect(splice(Buffer.from("0123456789"), [{ start: 2, end: 4, text: "é" }, { start: 9, end: 9, text: "!" }]).toString()).toBe("01é45678!9");
  });
});
