import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { AnswerParser, type Reading } from "./answer-parser.ts";
import { LeanTransport } from "./lean-transport.ts";
import { collect } from "./testing/collect-answer.ts";
import { scriptedServer } from "./testing/scripted-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

interface Parsed {
  statuses: number[];
  body: string;
  last: Reading;
}

function parse(pieces: readonly Buffer[], method = "GET"): Parsed {
  const parsed: Parsed = { statuses: [], body: "", last: { kind: "more" } };
  const parser = new AnswerParser({
    head: ({ status }) => parsed.statuses.push(status),
    data: (chunk) => (parsed.body += chunk.toString("latin1")),
  });
  parser.expect(method);
  for (const piece of pieces) {
    // As in the transport, what is fed is overwritten afterwards.
    const shared = Buffer.from(piece);
    parsed.last = parser.feed(shared);
    shared.fill("!");
    if (parsed.last.kind !== "more") break;
  }
  return parsed;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length)).filter(({ length }) => length > 0);
}

const bodyText = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 300 });
const chunkTexts = fc.array(bodyText.filter((text) => text.length > 0), { maxLength: 8 });
const places = fc.array(fc.nat(), { maxLength: 30 });

function chunkedAnswer(chunks: readonly string[]): Buffer {
  const coded = chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
  return Buffer.from(`HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${coded}0\r\nT: v\r\n\r\n`, "latin1");
}

describe("however the bytes are cut", () => {
  test("a chunked answer reads the same", () => {
    fc.assert(
      fc.property(chunkTexts, places, (chunks, at) => {
        expect(parse(cut(chunkedAnswer(chunks), at))).toEqual({
          statuses: [103, 200],
          body: chunks.join(""),
          last: { kind: "complete", trailers: ["T", "v"], surplus: false },
        });
      }),
    );
  });

  test("a sized answer reads the same", () => {
    fc.assert(
      fc.property(bodyText, places, (text, at) => {
        const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`, "latin1");
        expect(parse(cut(bytes, at))).toEqual({ statuses: [200], body: text, last: { kind: "complete", trailers: [], surplus: false } });
      }),
    );
  });

  test("an answer without its last bytes is never complete", () => {
    fc.assert(
      fc.property(chunkTexts, places, fc.nat(), (chunks, at, missing) => {
        const whole = chunkedAnswer(chunks);
        expect(parse(cut(whole.subarray(0, whole.length - 1 - (missing % (whole.length - 1))), at)).last.kind).toBe("more");
      }),
    );
  });

  test("it reads the same over a real connection", async () => {
    await fc.assert(
      fc.asyncProperty(chunkTexts, places, async (chunks, at) => {
        const pieces = cut(chunkedAnswer(chunks), at);
        const server = await scriptedServer((socket) => {
          const next = () => {
            const piece = pieces.shift();
            if (piece) socket.write(piece, () => setImmediate(next));
          };
          socket.setNoDelay(true);
          next();
        });
        const transport = new LeanTransport();
        open.push(server, transport);
        expect(await collect(transport, { origin: server.origin }).over).toMatchObject({ body: chunks.join(""), trailers: ["T", "v"], failure: null });
        await server.close();
        open.splice(0);
      }),
      { numRuns: 40 },
    );
  });
});

describe("garbage", () => {
  test("of any kind is refused or waited on, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), places, (bytes, at) => {
        expect(["more", "malformed"]).toContain(parse(cut(Buffer.from(bytes), at)).last.kind);
      }),
    );
  });

  test("put anywhere into a good answer never yields more than the answer, nor another status", () => {
    fc.assert(
      fc.property(chunkTexts, fc.nat(), fc.integer({ min: 0, max: 255 }), places, (chunks, place, byte, at) => {
        const bytes = chunkedAnswer(chunks);
        bytes[place % bytes.length] = byte;
        const { statuses, last } = parse(cut(bytes, at));
        expect(statuses.length).toBeLessThanOrEqual(2);
        expect(["more", "malformed", "complete"]).toContain(last.kind);
      }),
    );
  });

  test("cut differently is judged the same", () => {
    fc.assert(
      fc.property(chunkTexts, fc.nat(), fc.integer({ min: 0, max: 255 }), places, (chunks, place, byte, at) => {
        const bytes = chunkedAnswer(chunks);
        bytes[place % bytes.length] = byte;
        const [cutUp, whole] = [parse(cut(bytes, at)), parse([bytes])];
        expect({ kind: cutUp.last.kind, statuses: cutUp.statuses, body: cutUp.body }).toEqual({ kind: whole.last.kind, statuses: whole.statuses, body: whole.body });
      }),
    );
  });
});
