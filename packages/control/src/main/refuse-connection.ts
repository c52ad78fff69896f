/** Answers on a connection where nothing became a request that an operation could answer, and ends it. */
import type { Refusal } from "@parley/contract/problems/problem";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { problemOf } from "../api/problem-response.ts";

/** What else the client sends is not read; it has so long to read the answer. */
const readingMs = 1_000;

export function refuseConnection(socket: Duplex, refusal: Refusal): void {
  const problem = problemOf(refusal, "");
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), readingMs).unref();
  socket.resume();
}
