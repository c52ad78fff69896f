/**
 * The upstream of the guard's benchmarks, a process of its own: `/1k/…` and `/100k/…` are JSON documents of that size, `/strong/…` has a strong tag,
 * and what is put is taken and forgotten. `/hot` works on one write at a time, as a row lock makes a database do. On a second port it has small documents for very many reads.
 */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { smallUpstream } from "./small-upstream.ts";

const small = JSON.stringify({ title: "benchmark", text: "x".repeat(980) });
const large = JSON.stringify({ title: "benchmark", text: "x".repeat(102_360) });
const hotWriteMs = 2;

let hot = Promise.resolve();

function answerWrite(path: string, response: ServerResponse): void {
  const done = (): void => void response.writeHead(204).end();
  if (!path.startsWith("/hot")) return done();
  hot = hot.then(() => new Promise((resolve) => setTimeout(() => resolve(done()), hotWriteMs)));
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const path = request.url ?? "";
  if (request.method === "GET") {
    const body = path.startsWith("/100k") ? large : small;
    return void response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length, ...(path.startsWith("/strong") ? { ETag: '"v1"' } : {}) }).end(body);
  }
  request.resume().on("end", () => answerWrite(path, response));
});
const ofSmall = smallUpstream().listen(0, "127.0.0.1");
server.listen(0, "127.0.0.1");
await Promise.all([once(server, "listening"), once(ofSmall, "listening")]);
process.send?.({ port: (server.address() as AddressInfo).port, smallPort: (ofSmall.address() as AddressInfo).port });
