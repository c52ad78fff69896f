import { afterEach, describe, expect, test } from "vitest";
import { LeanTransport } from "./lean-transport.ts";
import { collect, type Collected } from "./testing/collect-answer.ts";
import { scriptedServer } from "./testing/scripted-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function answered(bytes: string, request: { method?: string } = {}, end = false): Promise<Collected> {
  const server = await scriptedServer((socket) => (end ? socket.end(bytes, "latin1") : socket.write(bytes, "latin1")));
  const transport = new LeanTransport();
  open.push(server, transport);
  return collect(transport, { origin: server.origin, ...request }).over;
}

describe("answers", () => {
  test("hands on a sized body, with fields as they came", async () => {
    const { heads, body, trailers } = await answered("HTTP/1.1 200 All Right\r\nContent-Length: 5\r\nX-Odd:  \tv\xe9 \r\nX-Odd: again\r\n\r\nhello");
    expect(heads).toEqual([{ status: 200, statusText: "All Right", rawHeaders: ["Content-Length", "5", "X-Odd", "vé", "X-Odd", "again"] }]);
    expect({ body, trailers }).toEqual({ body: "hello", trailers: [] });
  });

  test("undoes the chunked coding and hands on trailers", async () => {
    const { body, trailers } = await answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;ext=\"x\"\r\nabc\r\n0a\r\n0123456789\r\n0\r\nDigest: x\r\nMore: y\r\n\r\n");
    expect({ body, trailers }).toEqual({ body: "abc0123456789", trailers: ["Digest", "x", "More", "y"] });
  });

  test("takes the end of the connection as the end of a body without a length", async () => {
    expect(await answered("HTTP/1.0 200 OK\r\n\r\nuntil the end", {}, true)).toMatchObject({ body: "until the end", trailers: [], failure: null });
  });

  test.each([
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"],
    ["HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n"],
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ])("%s answered by %j has no body", async (method, bytes) => {
    expect(await answered(bytes, { method })).toMatchObject({ body: "", trailers: [], failure: null });
  });

  test("hands on interim answers before the final one", async () => {
    const { heads, body } = await answered("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    expect(heads.map(({ status }) => status)).toEqual([103, 102, 200]);
    expect(body).toBe("ok");
  });

  test("an answer that breaks off is a failure and never an end", async () => {
    for (const bytes of ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "HTTP/1.1 200 OK\r\nConte", ""]) {
      expect(await answered(bytes, {}, true)).toMatchObject({ trailers: null, failure: { kind: "reset", notSent: false, reusedConnection: false } });
    }
  });
});

describe("malformed answers", () => {
  test.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"],
    ["a folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok"],
    ["a bare line feed", "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 2\r\n\r\nok"],
    ["a bare carriage return", "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok"],
    ["a NUL", "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok"],
    ["a line without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\nok"],
    ["an empty field name", "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 2\r\n\r\nok"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!"],
    ["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"],
    ["a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"],
    ["a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok"],
    ["a huge length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok"],
    ["a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
    ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    ["chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["switched protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
    ["a header section without an end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`],
    ["endless interim answers", "HTTP/1.1 102 Processing\r\n\r\n".repeat(40)],
    ["a chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    ["a huge chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"],
    ["a chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n"],
    ["a chunk size ended by a bare line feed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n"],
    ["endless trailers", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ${"x".repeat(20_000)}`],
    ["a malformed trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n"],
  ])("refuses %s", async (_what, bytes) => {
    expect(await answered(bytes)).toMatchObject({ trailers: null, failure: { kind: "protocol", notSent: false } });
  });
});
