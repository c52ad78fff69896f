import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Http2Transport } from "./http2/http2-transport.ts";
import type { OutgoingRequest, Transport } from "./transport.ts";

const timeouts = { connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000 };

function answerTo(transport: Transport, request: OutgoingRequest): Promise<{ status: number; text: string; trailers: string[] }> {
  return new Promise((resolve, reject) => {
    let [status, text] = [0, ""];
    transport.send(request, {
      head: (code) => void (status = code),
      data: (chunk) => (text += chunk.toString()) !== "",
      end: (trailers) => resolve({ status, text, trailers }),
      failure: ({ detail }) => reject(new Error(detail)),
    });
  });
}

test("a large body that an upstream does not read yet costs no other call of its session the answer", async () => {
  const sessions = new Set<unknown>();
  const server = createServer((request, response) => {
    // Read once another call has been answered.
    if (request.url === "/held") return void server.once("other", () => request.resume().on("end", () => response.end("all read")));
    response.writeHead(200, { trailer: "x-sum" });
    response.addTrailers({ "x-sum": "1" });
    response.end("well");
  });
  server.on("session", (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = new Http2Transport();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const held = answerTo(transport, { origin, method: "POST", path: "/held", rawHeaders: ["Host", "h"], body: Buffer.alloc(24 * 1024 * 1024), timeouts, protocol: "http2" });
  await new Promise((resolve) => server.once("stream", resolve));
  const other = (): Promise<unknown> => answerTo(transport, { origin, method: "GET", path: "/other", rawHeaders: ["Host", "h"], body: null, timeouts, protocol: "http2" });
  for (let times = 0; times < 10; times++) expect(await other()).toEqual({ status: 200, text: "well", trailers: ["x-sum", "1"] });
  server.emit("other");
  expect(await held).toMatchObject({ status: 200, text: "all read" });
  expect(sessions.size).toBe(1);
  await transport.close();
  await new Promise((resolve) => server.close(resolve));
}, 30_000);
