import { describe, expect, it } from "vitest";
import { parseText } from "./testing/parse-requests.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n";
const post = "POST / HTTP/1.1\r\nHost: a\r\n";
const hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

describe("requests that could be read in two ways are refused, and nothing is read behind them", () => {
  it.each([
    ["Content-Length and Transfer-Encoding", `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "ambiguous-length"],
    ["the same the other way round", `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`, "ambiguous-length"],
    ["two lengths", `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`, "malformed-request"],
    ["the same length twice", `${post}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`, "malformed-request"],
    ["a list of lengths", `${post}Content-Length: 4, 4\r\n\r\nabcd`, "malformed-request"],
    ["a signed length", `${post}Content-Length: +4\r\n\r\nabcd`, "malformed-request"],
    ["a negative length", `${post}Content-Length: -4\r\n\r\nabcd`, "malformed-request"],
    ["a hexadecimal length", `${post}Content-Length: 0x4\r\n\r\nabcd`, "malformed-request"],
    ["a length with a blank in it", `${post}Content-Length: 4 4\r\n\r\nabcd`, "malformed-request"],
    ["an empty length", `${post}Content-Length:\r\n\r\nabcd`, "malformed-request"],
    ["a length past all numbers", `${post}Content-Length: 9999999999999999999\r\n\r\n`, "malformed-request"],
    ["a coding that is not chunked", `${post}Transfer-Encoding: gzip\r\n\r\n`, "malformed-request"],
    ["a coding before chunked", `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, "malformed-request"],
    ["identity before chunked", `${post}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`, "malformed-request"],
    ["chunked twice", `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "malformed-request"],
    ["chunked in quotes", `${post}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`, "malformed-request"],
    ["chunked with a vertical tab", `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`, "malformed-request"],
    ["a coding in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "malformed-request"],
    ["a blank before the colon", `${post}Content-Length : 4\r\n\r\nabcd`, "malformed-request"],
    ["a tab before the colon", `${post}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n`, "malformed-request"],
    ["a folded field", `${post}X: a\r\n Content-Length: 4\r\n\r\nabcd`, "malformed-request"],
    ["a first field that is folded", `GET / HTTP/1.1\r\n Host: a\r\n\r\n`, "malformed-request"],
    ["a bare line feed between fields", `${get}X: a\nContent-Length: 4\r\n\r\nabcd`, "malformed-request"],
    ["a bare carriage return in a value", `${get}X: a\rContent-Length: 4\r\n\r\nabcd`, "malformed-request"],
    ["nothing but bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", "malformed-request"],
    ["a null byte in a value", `${get}X: a\0b\r\n\r\n`, "malformed-request"],
    ["a null byte in a name", `${get}X\0: a\r\n\r\n`, "malformed-request"],
    ["a line without a colon", `${get}Content-Length\r\n\r\n`, "malformed-request"],
    ["an empty name", `${get}: a\r\n\r\n`, "malformed-request"],
    ["a name with a letter beyond ASCII", `${get}X\xe9: a\r\n\r\n`, "malformed-request"],
    ["no version", "GET /\r\n\r\n", "malformed-request"],
    ["a later version", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["two blanks behind the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a tab behind the method", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a byte beyond ASCII in the target", "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a method nobody knows", "FETCH / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"],
    ["more empty lines than a client leaves", `\r\n\r\n\r\n\r\n\r\n${get}\r\n`, "malformed-request"],
    ["what is TLS", "\x16\x03\x01\x02\x00\x01", "malformed-request"],
  ])("%s", (_name, bytes, code) => {
    expect(parseText(bytes + hidden)).toEqual({ requests: [], refused: code, preface: false });
  });

  it.each([
    ["no size", "\r\nabc\r\n0\r\n\r\n"],
    ["a size that is not hexadecimal", "g\r\nabc\r\n0\r\n\r\n"],
    ["a size with 0x", "0x3\r\nabc\r\n0\r\n\r\n"],
    ["a signed size", "+3\r\nabc\r\n0\r\n\r\n"],
    ["a size past all numbers", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"],
    ["a blank behind the size", "3 \r\nabc\r\n0\r\n\r\n"],
    ["a bare line feed behind the size", "3\nabc\r\n0\r\n\r\n"],
    ["a bare line feed in an extension", "3;a\nabc\r\n0\r\n\r\n"],
    ["more data than its size", "3\r\nabcd\r\n0\r\n\r\n"],
    ["less data than its size", "4\r\nabc\r\n0\r\n\r\n"],
    ["a bare line feed behind the data", "3\r\nabc\n0\r\n\r\n"],
    ["an extension without end", `3;${"x".repeat(5000)}\r\nabc\r\n0\r\n\r\n`],
    ["a folded trailer", "0\r\nX: a\r\n b\r\n\r\n"],
    ["a trailer with a blank before the colon", "0\r\nX : a\r\n\r\n"],
    ["trailers without end", `0\r\n${"X: abcdefgh\r\n".repeat(2000)}\r\n`],
  ])("a chunk with %s", (_name, body) => {
    const { requests, refused } = parseText(`${post}Transfer-Encoding: chunked\r\n\r\n${body}${hidden}`);
    expect(refused).toBe("malformed-request");
    expect(requests.map(({ target, whole }) => [target, whole])).toEqual([["/", false]]);
  });
});

describe("limits of the header section", () => {
  it("holds a section that is just as long as it may be, and none that is longer", () => {
    const section = (length: number): string => `${get}X: ${"x".repeat(length - get.length - 7)}\r\n\r\n`;
    expect(section(1024)).toHaveLength(1024);
    expect(parseText(section(1024), 1024).requests).toHaveLength(1);
    expect(parseText(section(1025), 1024)).toMatchObject({ requests: [], refused: "headers-too-large" });
    expect(parseText(section(5000).slice(0, -4), 1024)).toMatchObject({ requests: [], refused: "headers-too-large" });
  });

  it("tells a request line that is too long from fields that are", () => {
    const long = `GET /${"x".repeat(2000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect(parseText(long, 1024)).toMatchObject({ requests: [], refused: "target-too-long" });
    expect(parseText(long.slice(0, 1500), 1024)).toMatchObject({ requests: [], refused: "target-too-long" });
  });

  it("takes no more fields than are shown to everybody", () => {
    expect(parseText(`${get}${"a:\r\n".repeat(1999)}\r\n`).requests[0]?.rawHeaders).toHaveLength(4000);
    expect(parseText(`${get}${"a:\r\n".repeat(2001)}\r\n`)).toMatchObject({ requests: [], refused: "headers-too-large" });
  });
});

describe("what RFC 9112 leaves open", () => {
  it("skips a few empty lines before a request", () => {
    expect(parseText(`\r\n\r\n${get}\r\n`).requests).toHaveLength(1);
  });

  it("reads requests that follow each other at once", () => {
    const { requests } = parseText(`${post}Content-Length: 3\r\n\r\nabc${post}Transfer-Encoding: Chunked\r\n\r\n3;x="y"\r\ndef\r\n0\r\nT: 1\r\n\r\n${get}\r\n`);
    expect(requests.map(({ body, whole }) => [body, whole])).toEqual([["abc", true], ["def", true], ["", true]]);
  });

  it("knows HTTP/2 only where a connection begins with it", () => {
    expect(parseText("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).toEqual({ requests: [], refused: null, preface: true });
    expect(parseText(`${get}\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`)).toMatchObject({ refused: "malformed-request", preface: false });
    expect(parseText("PRI * HTTP/2.0\r\nHost: a\r\n\r\n")).toMatchObject({ refused: "malformed-request", preface: false });
  });
});
