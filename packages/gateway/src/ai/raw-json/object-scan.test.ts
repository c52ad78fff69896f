import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ObjectScan } from "./object-scan.ts";
import { memberValue } from "./top-level-members.ts";

const names = ["model", "stream", "file_id"];
const watched = [["file_id", "cachedContent"], ["http"]];
const scan = new ObjectScan(names, watched);
const runs = { numRuns: 600 };

const key = fc.constantFrom("model", "stream", "file_id", "cachedContent", "a", "", "\u{1F642}\"\\\n", "x".repeat(60));
const text = fc.oneof(
  fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }),
  fc.constantFrom("\\", "\\\"", "\u0000", "\u001f", "\u2028", "\ud800", `${"y".repeat(70)}\\"`, "file_ids", "https://x/v1beta/files/7", "say \"model\": 1", "é".repeat(40)),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie("value")), fc.dictionary(key, tie("value"), { noNullPrototype: true })),
})).value;
const object = fc.dictionary(key, value, { noNullPrototype: true });
const indent = fc.constantFrom(0, 1, "\r\n\t");
/** What makes it longer than what is looked through before it is read. */
const filler = fc.constantFrom("", "z".repeat(2000), "\\n and \\\" so on ".repeat(200), "\t");

/** As JSON, some letters of it written as their numbers, with blanks around it, and with a member that makes it long. */
const written = fc.tuple(object, indent, filler, fc.boolean()).map(([members, space, long, isEscaped]) => {
  const json = JSON.stringify({ ...members, ...(long !== "" && { long }) }, null, space).replaceAll("\\t", "\\u0009");
  return ` \n${isEscaped ? json.replaceAll("o", "\\u006f").replaceAll("i", "\\u0069") : json}\t `;
});

function parsed(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Where it takes the bytes they are what a parser takes, member by member. */
function expectAsAParser(bytes: Buffer): boolean {
  const found = scan.of(bytes);
  if (found === null) return false;
  const expected = parsed(bytes.toString());
  expect(expected, "a parser refuses what was taken").not.toBeNull();
  for (const name of names) {
    const range = found.members[name];
    expect(range === undefined ? undefined : memberValue(bytes, range)).toEqual(Object.hasOwn(expected ?? {}, name) ? expected?.[name] : undefined);
  }
  for (const [index, words] of watched.entries()) {
    if (stringsIn(expected).some((text) => words.some((word) => text.startsWith(word)))) expect(found.seen & (1 << index)).not.toBe(0);
  }
  return true;
}

/** Names as well. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(stringsIn)];
}

describe("ObjectScan", () => {
  it("takes what a writer of JSON writes, and finds in it what a parser finds", () => {
    fc.assert(fc.property(written, (text) => {
      expect(expectAsAParser(Buffer.from(text))).toBe(true);
    }), runs);
  });

  it("takes nothing that a parser refuses, wherever bytes are cut, changed or put in", () => {
    const change = fc.record({ at: fc.nat(6000), drop: fc.nat(3), put: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(...[',', '"', "\\", "}", "]", "{", "[", ":", "0", "-", ".", "e", "true", "\\u00", "\n", "\u0001", "\ufeff"].map((each) => Buffer.from(each)))) });
    fc.assert(fc.property(written, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
      let bytes = Buffer.from(text);
      for (const { at, drop, put } of changes) {
        const place = at % (bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + drop)]);
      }
      expectAsAParser(bytes);
    }), { numRuns: 3000 });
  });

  it("takes numbers, words and escapes as a parser does", () => {
    const token = fc.string({ unit: fc.constantFrom(..."0123456789+-.eE".split("")), maxLength: 8 });
    const escape = fc.string({ unit: fc.constantFrom(..."\\\"/bfnrtuxU0123456789abcdefABCDEFg ".split("")), maxLength: 8 });
    const either = fc.oneof(token, fc.constantFrom("true", "false", "null", "tru", "nulll", "True", "NaN", "Infinity", ""), escape.map((letters) => `"\\${letters}"`));
    fc.assert(fc.property(either, fc.constantFrom("", " ", "\n", "\u00a0", "\v"), (written, space) => {
      for (const text of [`{"model":${written}${space}}`, `{"a":[${written}${space}]}`, `{"a":{"b":${written},"c":${written}}}`]) {
        const isTaken = expectAsAParser(Buffer.from(text));
        expect(isTaken).toBe(parsed(text) !== null);
      }
    }), { numRuns: 3000 });
  });

  it("takes bytes that are no UTF-8 where a decoder makes letters of them", () => {
    const letters = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).filter((byte) => byte >= 0x80));
    fc.assert(fc.property(letters, fc.boolean(), (odd, isInside) => {
      const bytes = isInside ? Buffer.concat([Buffer.from('{"model":"a'), odd, Buffer.from('b","stream":true}')]) : Buffer.concat([Buffer.from('{"model":"ab"'), odd, Buffer.from(',"stream":true}')]);
      expect(expectAsAParser(bytes)).toBe(isInside || odd.length === 0);
    }), runs);
  });

  it("tells which of the watched words strings begin with, and sees none in what only holds one", () => {
    const seen = (text: string): number | undefined => scan.of(Buffer.from(text))?.seen;
    expect(seen('{"model":"a file_id","b":["http","x https://y"]}')).toBe(2);
    expect(seen('{"model":"a","b":{"file_ids":[]}}')).toBe(1);
    expect(seen('{"model":"a file_id","b":["htt","x https://y"],"cached":1}')).toBe(0);
  });

  it("says that a name is there twice, however it is written", () => {
    for (const text of ['{"model":"a","model":"b"}', '{"model":"a","mod\\u0065l":"b"}']) {
      const bytes = Buffer.from(text);
      const found = scan.of(bytes);
      expect(found?.isAmbiguous).toBe(true);
      expect(found?.members["model"] && memberValue(bytes, found.members["model"])).toBe("b");
    }
    expect(scan.of(Buffer.from('{"model":"a","messages":[{"model":"b"}]}'))?.isAmbiguous).toBe(false);
  });

  it("leaves what is nested deeply to a parser", () => {
    const nested = (depth: number): Buffer => Buffer.from(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    expect(scan.of(nested(29))).not.toBeNull();
    expect(scan.of(nested(100_000))).toBeNull();
  });
});
