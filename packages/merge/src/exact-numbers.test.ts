import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal } from "./exact-numbers.ts";
import { applyJsonPatch, applyMergePatch, defaultLimits, diff, equalJson, isJsonObject, parseExactly, scalarText, threeWayMerge } from "./index.ts";

const long = ["9007199254740993", "-12345678901234567890", "1e400", "-1e-400", "0.1000000000000000055511151231257827", "1763877600123456789", "1E+999999999999"];

describe("numbers that a double cannot hold", () => {
  it.each(long)("%s is written back to the digit", (text) => {
    const document = parseExactly(`{"a":[${text}],"b":${text}}`);
    expect(JSON.stringify(document)).toBe(`{"a":[${text}],"b":${text}}`);
    expect(isJsonObject((document as Record<string, unknown>)["b"])).toBe(false);
    expect(scalarText(parseExactly(text))).toBe(text);
  });

  it.each([["9007199254740993", "9007199254740992"], ["9007199254740993", "9007199254740994"], ["1e400", "1e401"], ["1e400", "-1e400"], ["1e-400", "0"], ["1e400", "null"]])("%s and %s are two", (left, right) => {
    expect(equalJson(parseExactly(left), parseExactly(right))).toBe(false);
  });

  it.each([["1e400", "10.0e399"], ["9007199254740993", "9007199254740993.0"], ["90071992547409930e-1", "9007199254740993"]])("%s and %s are one", (left, right) => {
    expect(equalJson(parseExactly(left), parseExactly(right))).toBe(true);
  });

  it.each(["0", "-0", "1", "1.0", "1e2", "0.1", "9007199254740991", "9007199254740992", "1.7976931348623157e308", "0.30000000000000004", "100000000000000000000000", '"9007199254740993e1"'])("%s is none, and plain", (text) => {
    expect(parseExactly(text)).toBe(JSON.parse(text));
  });

  it("come out as the number that went in, whatever it is", () => {
    const digits = fc.string({ unit: fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), minLength: 1, maxLength: 25 }).map((text) => text.replace(/^0+(?=\d)/, ""));
    const number = fc.tuple(fc.constantFrom("", "-"), digits, fc.option(digits, { nil: undefined }), fc.option(fc.integer({ min: -420, max: 420 }), { nil: undefined }));
    const text = number.map(([sign, whole, fraction, power]) => `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}${power === undefined ? "" : `e${power}`}`);
    fc.assert(fc.property(text, (one) => decimal(JSON.stringify(parseExactly(`{"n": ${one}}`)).slice(5, -1)) === decimal(one)), { numRuns: 2_000 });
  });

  it("are left alone by a merge where nobody touched them, and never merged over", () => {
    const at = (id: string, more: string): ReturnType<typeof parseExactly> => parseExactly(`{"id":${id},"big":1e400,${more}}`);
    const rules = { arrays: "atomic", keys: {}, forbid: [] } as const;
    const merged = threeWayMerge({ base: at("9007199254740993", '"a":1,"b":1'), theirs: at("9007199254740993", '"a":2,"b":1'), yours: at("9007199254740993", '"a":1,"b":2') }, { ...rules, forbid: [] });
    expect(merged.kind === "merged" && JSON.stringify(merged.document)).toBe('{"id":9007199254740993,"big":1e400,"a":2,"b":2}');
    const both = threeWayMerge({ base: at("9007199254740993", '"a":1'), theirs: at("9007199254740995", '"a":1'), yours: at("9007199254740997", '"a":1') }, { ...rules, forbid: [] });
    expect(both.kind === "conflict" && both.conflicts.map(({ pointer }) => pointer)).toEqual(["/id"]);
    const onlyTheirs = threeWayMerge({ base: at("9007199254740993", '"a":1'), theirs: at("9007199254740992", '"a":1'), yours: at("9007199254740993", '"a":2') }, { ...rules, forbid: [] });
    expect(onlyTheirs.kind === "merged" && JSON.stringify(onlyTheirs.document)).toBe('{"id":9007199254740992,"big":1e400,"a":2}');
  });

  it("name the items of an array", () => {
    const items = (...ids: string[]): ReturnType<typeof parseExactly> => parseExactly(`{"items":[${ids.map((id) => `{"id":${id}}`).join(",")}]}`);
    const rules = { arrays: "keyed", keys: {}, forbid: [] as string[] } as const;
    const merged = threeWayMerge({ base: items("9007199254740993"), theirs: items("9007199254740993", "9007199254740995"), yours: items("9007199254740993", "9007199254740996") }, rules);
    expect(merged.kind === "merged" && JSON.stringify(merged.document)).toBe('{"items":[{"id":9007199254740993},{"id":9007199254740995},{"id":9007199254740996}]}');
  });

  it("are values to patches and differences", () => {
    const document = parseExactly('{"id":9007199254740993,"n":1}');
    expect(JSON.stringify(applyMergePatch(document, parseExactly('{"n":1e400}')))).toBe('{"id":9007199254740993,"n":1e400}');
    const tested = applyJsonPatch(document, parseExactly('[{"op":"test","path":"/id","value":9007199254740992}]'), defaultLimits);
    expect(tested.ok).toBe(false);
    const copied = applyJsonPatch(document, parseExactly('[{"op":"copy","from":"/id","path":"/copy"}]'), defaultLimits);
    expect(copied.ok && JSON.stringify(copied.document)).toBe('{"id":9007199254740993,"n":1,"copy":9007199254740993}');
    expect(JSON.stringify(diff(document, parseExactly('{"id":9007199254740992,"n":1}')))).toBe('[{"op":"replace","path":"/id","value":9007199254740992}]');
  });
});
