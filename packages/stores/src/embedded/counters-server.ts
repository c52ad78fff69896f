/**
 * Serves one engine of counters to all workers of an installation over a Unix socket (0600). A worker that dies gives
 * back what it held, so that a crash never eats concurrency for good.
 */
import type { Socket } from "node:net";
import { JsonLines } from "@parley/contract/json-lines";
import type { Counters } from "../ports/counters.ts";
import { encodeResults, maxCountersLineBytes, type CountersOperation, type CountersResult } from "./counters-wire.ts";
import { serveSocket, type SocketServer } from "./socket-server.ts";

export function serveCounters(socketPath: string, counters: Counters): Promise<SocketServer> {
  return serveSocket(socketPath, (socket) => serveWorker(socket, counters));
}

function serveWorker(socket: Socket, counters: Counters): void {
  const held = new Map<string, number>();
  const lines = new JsonLines(maxCountersLineBytes, (message) => {
    void answer(message as CountersOperation[], counters, held).then((results) => {
      if (results.length > 0 && socket.writable) socket.write(encodeResults(results));
    });
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      lines.push(chunk);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    for (const [key, count] of held) for (let left = count; left > 0; left--) counters.release(key);
    held.clear();
  });
}

async function answer(operations: CountersOperation[], counters: Counters, held: Map<string, number>): Promise<CountersResult[]> {
  const results: CountersResult[] = [];
  for (const operation of operations) {
    switch (operation[0]) {
      case "admit":
        results.push([operation[1], await counters.admit(operation[2])]);
        break;
      case "refund":
        counters.refund(operation[1]);
        break;
      case "acquire": {
        const acquired = await counters.acquire(operation[2], operation[3]);
        if (acquired) held.set(operation[2], (held.get(operation[2]) ?? 0) + 1);
        results.push([operation[1], acquired]);
        break;
      }
      case "release":
        giveBack(operation[1], counters, held);
        break;
      case "note":
        counters.note(operation[1], operation[2], operation[3]);
        break;
      case "noted":
        results.push([operation[1], await counters.noted(operation[2])]);
        break;
      case "held":
        await takeBack(operation, counters, held);
        break;
    }
  }
  return results;
}

function giveBack(key: string, counters: Counters, held: Map<string, number>): void {
  const count = held.get(key) ?? 0;
  if (count === 0) return;
  if (count === 1) held.delete(key);
  else held.set(key, count - 1);
  counters.release(key);
}

/** The calls are in flight already, so the limit does not matter here. */
async function takeBack([, key, count]: ["held", string, number], counters: Counters, held: Map<string, number>): Promise<void> {
  for (let taken = 0; taken < count; taken++) await counters.acquire(key, Infinity);
  held.set(key, (held.get(key) ?? 0) + count);
}
