import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outlineOf } from "./media-outline.ts";

const mark = "MarkMarkMarkMarkMarkMark";
const media = (length: number, fill = "iVBORw0KGgo"): string => fill.repeat(Math.ceil(length / fill.length)).slice(0, length);
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe("the outline of a request with long media", () => {
  it("is small, and gives back every byte", () => {
    const picture = fc.tuple(fc.integer({ min: 16_384, max: 40_000 }), fc.constantFrom("", "data:image/png;base64,")).map(([length, prefix]) => prefix + media(length));
    const value = fc.oneof(picture, fc.jsonValue({ maxDepth: 2 }), fc.string(), fc.constantFrom('\\"', "é\u{1F642}"));
    fc.assert(
      fc.property(fc.array(fc.record({ type: value, source: fc.record({ data: value }) }), { maxLength: 4 }), picture, (messages, last) => {
        const bytes = bytesOf({ messages, last });
        const outline = outlineOf(bytes, mark);
        const text = JSON.stringify(outline?.value);
        expect(text).not.toContain(media(2000));
        expect(Buffer.concat(outline?.restored(text) ?? []).equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("takes the media out of the request's own bytes, without a copy of them", () => {
    const bytes = bytesOf({ a: media(100_000) });
    const pieces = outlineOf(bytes, mark)?.restored(JSON.stringify({ b: outlineOf(bytes, mark)?.value["a"] })) ?? [];
    expect(pieces.map(({ buffer }) => buffer === bytes.buffer)).toEqual([false, true, false]);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual({ b: media(100_000) });
  });

  it.each<[string, unknown]>([
    ["short", media(16_000)],
    ["a text", `${media(20_000)} and a word`],
    ["a signed token", `eyJ${media(20_000)}`],
    ["a number", media(20_000, "1234567890")],
    ["escaped", undefined],
  ])("leaves alone what is %s", (_what, text) => {
    const bytes = text === undefined ? Buffer.from(`{"a":"${media(20_000)}\\/${media(20_000)}"}`) : bytesOf({ a: text });
    expect(outlineOf(bytes, mark)).toBeNull();
  });

  it("is none for what is no JSON", () => {
    const whole = bytesOf({ a: media(20_000), b: [1, { c: "d" }] }).toString();
    for (const text of [whole.slice(0, -1), whole.slice(0, 18_000), `[${whole}]`, `${whole}}`]) expect(outlineOf(Buffer.from(text), mark)).toBeNull();
  });

  it("is not restored where a stand-in is missing or was changed", () => {
    const outline = outlineOf(bytesOf({ a: media(20_000), b: media(30_000) }), mark);
    const { a, b } = (outline?.value ?? {}) as { a: string; b: string };
    expect(outline?.restored(JSON.stringify({ a }))).toBeNull();
    expect(outline?.restored(JSON.stringify({ a, b: b.slice(0, 500) }))).toBeNull();
    expect(outline?.restored(JSON.stringify({ a, b: Buffer.from(b, "base64").toString() }))).toBeNull();
    expect(outline?.restored(JSON.stringify({ a, again: a, b }))).toHaveLength(7);
  });

  it("has the same digest under any mark, and another for other media", () => {
    const digest = (value: unknown, under: string): string => {
      const outline = outlineOf(bytesOf(value), under);
      return outline?.digested(JSON.stringify(outline.value)) ?? "";
    };
    const value = { a: media(20_000), b: media(30_000) };
    const changed = { ...value, b: `${media(15_000)}x${media(14_999)}` };
    expect(digest(value, mark)).toBe(digest(value, "X".repeat(24)));
    expect(digest(value, mark)).not.toBe(digest(changed, mark));
  });
});
