import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { writeChunk } from "./write-chunk.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The answer as its bytes, to one request that ends the connection. */
async function bytesOf(answer: (response: ServerResponse) => void, version = "1.1"): Promise<string> {
  const server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`GET / HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("latin1");
}

const body = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4);

it.each([1, 15, 16, 255, 16 * 1024, 16 * 1024 + 1, 100_000])("frames a chunk of %d bytes, in order with those before and after it", async (length) => {
  const chunk = Buffer.alloc(length, 0xe9);
  const answer = await bytesOf((response) => {
    response.flushHeaders();
    writeChunk(response, Buffer.from("first"));
    writeChunk(response, chunk);
    writeChunk(response, Buffer.from("last"));
    response.end();
  });
  expect(body(answer)).toBe(`5\r\nfirst\r\n${length.toString(16)}\r\n${chunk.toString("latin1")}\r\n4\r\nlast\r\n0\r\n\r\n`);
});

it("leaves the end to node:http, trailers included", async () => {
  const answer = await bytesOf((response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    writeChunk(response, Buffer.from("a"));
    response.addTrailers({ "X-Sum": "1" });
    response.end();
  });
  expect(body(answer)).toBe("1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
});

it("frames nothing where the length is known, or the client is one of HTTP/1.0", async () => {
  const sized = await bytesOf((response) => {
    response.writeHead(200, { "Content-Length": 5 });
    writeChunk(response, Buffer.from("hello"));
    response.end();
  });
  const old = await bytesOf((response) => {
    response.flushHeaders();
    writeChunk(response, Buffer.from("hello"));
    response.end();
  }, "1.0");
  expect([body(sized), body(old)]).toEqual(["hello", "hello"]);
});
