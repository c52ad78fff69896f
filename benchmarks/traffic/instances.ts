/**
 * Several instances of one service over one database, a process of their own: an edit reads a document, works on it for a moment and
 * commits it if nobody has changed it since (409 otherwise). An instance does the edits of one document one after the other and knows nothing
 * of the other instances', as services with a lock or an actor for each entity in memory do.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const count = Number(process.argv[2]);
const workMs = Number(process.argv[3]);
const revisions = new Map<string, number>();

async function edit(path: string, response: ServerResponse): Promise<void> {
  const read = revisions.get(path) ?? 0;
  await delay(workMs);
  if ((revisions.get(path) ?? 0) !== read) return void response.writeHead(409).end();
  revisions.set(path, read + 1);
  response.writeHead(200).end();
}

function instance(): Promise<number> {
  const queues = new Map<string, Promise<void>>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const path = request.url ?? "";
    request.resume().on("end", () => queues.set(path, (queues.get(path) ?? Promise.resolve()).then(() => edit(path, response))));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

process.send?.({ ports: await Promise.all(Array.from({ length: count }, instance)) });
