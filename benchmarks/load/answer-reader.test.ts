import { describe, expect, test } from "vitest";
import { AnswerReader } from "./answer-reader.ts";

function read(text: string, pieceLength: number): { statuses: number[]; bodies: string[]; reusable: boolean[] } {
  const seen = { statuses: [] as number[], bodies: [] as string[], reusable: [] as boolean[] };
  let body = "";
  const reader = new AnswerReader({
    head: (status) => seen.statuses.push(status),
    body: (piece) => (body += piece.toString("latin1")),
    end: (reusable) => {
      seen.bodies.push(body);
      seen.reusable.push(reusable);
      body = "";
    },
  });
  for (let start = 0; start < text.length; start += pieceLength) reader.feed(Buffer.from(text.slice(start, start + pieceLength), "latin1"));
  return seen;
}

const answers =
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" +
  "HTTP/1.1 100 Continue\r\n\r\n" +
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n" +
  "HTTP/1.1 204 No Content\r\n\r\n" +
  "HTTP/1.1 500 Oh\r\ncontent-length: 2\r\nConnection: close\r\n\r\nno";

describe("the answers of one connection", () => {
  test.each([1, 2, 3, 7, 64, 10_000])("are told apart in pieces of %i bytes", (pieceLength) => {
    expect(read(answers, pieceLength)).toEqual({
      statuses: [200, 200, 204, 500],
      bodies: ["hello", "abcdefg", "", "no"],
      reusable: [true, true, true, false],
    });
  });
});
