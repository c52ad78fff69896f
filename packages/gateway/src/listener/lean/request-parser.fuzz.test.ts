import { createServer, type IncomingMessage } from "node:http";
import { duplexPair } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutAt, parseRequests, parseText, type Reading } from "./testing/parse-requests.ts";

const bodyText = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 200 });
const chunks = fc.array(bodyText.filter((text) => text.length > 0), { maxLength: 6 });
const places = fc.array(fc.nat(), { maxLength: 30 });
const fields = fc.array(
  fc.tuple(fc.constantFrom("Accept", "X-A", "cookie", "User-Agent", "x-forwarded-for", "TE"), fc.string({ unit: fc.constantFrom("a", "b", " ", ":", ";", ",", "=", "\t", "\"", "\xe9"), maxLength: 12 })),
  { maxLength: 6 },
).map((list) => list.map(([name, value]) => `${name}:${value}\r\n`).join(""));

/** Requests as good clients send them, several on a connection. */
const good = fc.array(
  fc.tuple(fc.constantFrom("GET", "POST", "PUT", "PURGE"), fields, fc.oneof(fc.constant(null), bodyText, chunks)),
  { minLength: 1, maxLength: 4 },
).map((list) => Buffer.from(list.map(([method, lines, body], index) => {
  const head = `${method} /${index} HTTP/1.1\r\nHost: a\r\n${lines}`;
  if (body === null) return `${head}\r\n`;
  if (typeof body === "string") return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  return `${head}Transfer-Encoding: chunked\r\n\r\n${body.map((text) => `${text.length.toString(16)};e\r\n${text}\r\n`).join("")}0\r\nT: v\r\n\r\n`;
}).join(""), "latin1"));

/** Bytes that matter, in places where they may. */
const edited = fc.tuple(good, fc.array(fc.tuple(fc.nat(), fc.constantFrom("\r", "\n", " ", "\t", ":", "\0", "0", "\r\n", "\r\n\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", ",", "\x80", "")), { minLength: 1, maxLength: 4 }))
  .map(([bytes, edits]) => edits.reduce((text, [place, piece]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + piece + text.slice(piece === "" ? at + 1 : at);
  }, bytes.toString("latin1")));

describe("however the bytes are cut", () => {
  test("requests read the same, all of them", () => {
    fc.assert(
      fc.property(good, places, (bytes, at) => {
        const whole = parseRequests([bytes]);
        expect(whole.refused).toBe(null);
        expect(whole.requests.every((request) => request.whole)).toBe(true);
        expect(parseRequests(cutAt(bytes, at))).toEqual(whole);
      }),
    );
  });

  test("what is refused is refused, and read no further", () => {
    fc.assert(
      fc.property(edited, places, (text, at) => {
        const [whole, cut] = [parseText(text), parseRequests(cutAt(Buffer.from(text, "latin1"), at))];
        if (whole.refused === null && cut.refused === null) expect(cut).toEqual(whole);
        // A section that has not ended may be found wrong early or late, but never differently.
        expect(cut.requests.filter((request) => request.whole)).toEqual(whole.requests.filter((request) => request.whole));
      }),
      { numRuns: 400 },
    );
  });

  test("byte by byte as at once", () => {
    fc.assert(
      fc.property(good, (bytes) => {
        expect(parseRequests(cutAt(bytes, Array.from(bytes.keys())))).toEqual(parseRequests([bytes]));
      }),
      { numRuns: 30 },
    );
  });
});

describe("garbage", () => {
  test("never throws, and never becomes a request that goes on behind its end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), places, (bytes, at) => {
        expect(parseRequests(cutAt(Buffer.from(bytes), at)).requests).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** What node:http makes of the same bytes. */
async function nodeReading(text: string): Promise<Reading["requests"]> {
  const requests: Reading["requests"] = [];
  const server = createServer({ requireHostHeader: false });
  const [client, side] = duplexPair();
  server.on("request", (request: IncomingMessage, response) => {
    const read = { method: request.method ?? "", target: request.url ?? "", version: request.httpVersion, rawHeaders: request.rawHeaders, body: "", whole: false };
    requests.push(read);
    request.on("data", (chunk: Buffer) => (read.body += chunk.toString("latin1")));
    request.on("end", () => {
      read.whole = true;
      response.end();
    });
    request.on("error", () => {});
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.emit("connection", side);
  client.on("error", () => {}).resume();
  const over = new Promise<void>((resolve) => side.once("close", resolve));
  client.end(Buffer.from(text, "latin1"));
  await over;
  server.close();
  return requests;
}

describe("beside node:http", () => {
  test("what both take whole reads alike", async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(good.map((bytes) => bytes.toString("latin1")), edited), async (text) => {
        const ours = parseText(text).requests.filter(({ whole }) => whole);
        const theirs = (await nodeReading(text)).filter(({ whole }) => whole);
        // Where we stop they may go on, and the other way round; as far as both come, they agree.
        for (const [index, one] of ours.slice(0, theirs.length).entries()) {
          expect(one).toEqual(theirs[index]);
          compared++;
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
