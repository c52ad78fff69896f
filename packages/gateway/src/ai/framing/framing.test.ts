import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "../conversation/dialect.ts";
import type { FrameReader } from "./frame-reader.ts";
import { LineTooLongError } from "./line-splitter.ts";
import { NdjsonReader } from "./ndjson-reader.ts";
import { SseReader } from "./sse-reader.ts";
import { sseText } from "./sse-writer.ts";

function readAll(reader: FrameReader, chunks: readonly Buffer[]): Frame[] {
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.finish()];
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const word = fc.constantFrom("a", "é", "漢字", "🙂", "{\"x\":1}", " ", "data:");

describe("SseReader", () => {
  it("reads multi-line data, comments, pings and types", () => {
    const text = "\uFEFF: hi\n\nevent: ping\ndata: {}\n\nid: 4\nretry: 10\ndata: a\ndata:b\ndata\n\n\n\ndata: last";
    expect(readAll(new SseReader(1000), [Buffer.from(text)])).toEqual([
      { event: "ping", data: "{}" },
      { event: "", data: "a\nb\n" },
      { event: "", data: "last" },
    ]);
  });

  it("gives an event as soon as its blank line is there", () => {
    const reader = new SseReader(1000);
    expect(reader.push(Buffer.from("data: a\r\n\r\ndata: b"))).toEqual([{ event: "", data: "a" }]);
  });

  it("gives the same events wherever the bytes are cut and whatever ends the lines", () => {
    const stream = fc.array(fc.tuple(fc.constantFrom("", "delta"), fc.array(word, { minLength: 1, maxLength: 5 })), { maxLength: 6 });
    fc.assert(
      fc.property(stream, lineEnd, fc.array(fc.nat(), { maxLength: 12 }), (events, end, places) => {
        const frames = events.map(([event, words]) => ({ event, data: words.join("") }));
        const bytes = Buffer.from(sseText(frames).replaceAll("\n", end));
        expect(readAll(new SseReader(1000), cut(bytes, places))).toEqual(frames);
      }),
    );
  });

  it("refuses to hold a line or an event past its bound", () => {
    expect(() => new SseReader(10).push(Buffer.from("data: 0123456789"))).toThrow(LineTooLongError);
    const reader = new SseReader(10);
    expect(() => reader.push(Buffer.from("data: 01\n".repeat(9)))).toThrow(LineTooLongError);
  });
});

describe("sseText", () => {
  it("writes data with line ends so that it reads back", () => {
    const frames = [{ event: "x", data: "a\nb\r\nc" }];
    expect(readAll(new SseReader(1000), [Buffer.from(sseText(frames))])).toEqual([{ event: "x", data: "a\nb\nc" }]);
  });
});

describe("NdjsonReader", () => {
  it("gives the same lines wherever the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 1 }), { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (values, places) => {
        const bytes = Buffer.from(values.join("\r\n"));
        expect(readAll(new NdjsonReader(100_000), cut(bytes, places)).map((frame) => frame.data)).toEqual(values);
      }),
    );
  });
});
