/** For tests: what the parser reads out of bytes, however they are cut. */
import { FieldNames } from "../field-map.ts";
import { RequestParser } from "../request-parser.ts";

export interface ReadRequest {
  method: string;
  target: string;
  version: string;
  rawHeaders: readonly string[];
  body: string;
  whole: boolean;
}

export interface Reading {
  requests: ReadRequest[];
  /** The code of the refusal that ended it. */
  refused: string | null;
  preface: boolean;
}

/** As a connection does it, every request is answered at once. */
export function parseRequests(pieces: readonly Buffer[], headerBytes = 16 * 1024): Reading {
  const reading: Reading = { requests: [], refused: null, preface: false };
  const parser: RequestParser = new RequestParser(
    {
      head: ({ method, target, httpVersion, rawHeaders }) => reading.requests.push({ method, target, version: httpVersion, rawHeaders, body: "", whole: false }),
      data: (chunk) => (last(reading).body += chunk.toString("latin1")),
      end: () => {
        last(reading).whole = true;
      },
      preface: () => (reading.preface = true),
      broken: ({ code }) => (reading.refused = code),
    },
    { names: new FieldNames(), headerBytes },
  );
  for (const piece of pieces) {
    // As on a connection, what is fed is overwritten afterwards.
    const shared = Buffer.from(piece);
    for (let offset = 0; offset < shared.length && reading.refused === null && !reading.preface; ) {
      offset = parser.feed(shared, offset);
      if (parser.isWhole) parser.next();
    }
    shared.fill("!");
  }
  return reading;
}

export function parseText(text: string, headerBytes?: number): Reading {
  return parseRequests([Buffer.from(text, "latin1")], headerBytes);
}

export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length)).filter(({ length }) => length > 0);
}

function last({ requests }: Reading): ReadRequest {
  return requests.at(-1) as ReadRequest;
}
