/** Serves one host to all workers over a Unix socket (0600). A connection is a session: when it ends, so do its places in queues. */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { type LedgerOperation, ledgerOperations } from "../../ports/ledger.ts";
import type { LedgerHost } from "./host.ts";
import { FrameReader, FrameWriter, readRequests } from "./wire.ts";

export interface LedgerServer {
  close(): Promise<void>;
}

const known: ReadonlySet<string> = new Set(ledgerOperations);
/** A worker that does not read its answers is not worth the memory. */
const maxUnreadBytes = 64 * 1024 * 1024;

export async function serveLedger(socketPath: string, host: LedgerHost): Promise<LedgerServer> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serveWorker(socket, host);
  });
  await listen(server, socketPath);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

async function listen(server: Server, socketPath: string): Promise<void> {
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  // Left behind by a process that was killed; the data directory's lock says that nobody serves it now.
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve();
    });
  });
}

function serveWorker(socket: Socket, host: LedgerHost): void {
  const session = {};
  const answers = new AnswerWriter(socket);
  const submit = (id: number, operation: LedgerOperation, input: unknown): void => {
    if (!known.has(operation)) throw new Error("no such operation");
    host.submit(operation, { session, input: input as never, answer: (output: unknown) => answers.answer(id, operation, output), failed: (error) => answers.failure(id, error.message) });
  };
  const frames = new FrameReader((frame) => readRequests(frame, submit));
  socket.on("data", (chunk) => {
    try {
      frames.push(chunk);
    } catch {
      socket.destroy();
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => host.endSession(session));
}

/** The answers of one commit leave in one write. */
class AnswerWriter {
  readonly #socket: Socket;
  readonly #frames = new FrameWriter();
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  answer(id: number, operation: LedgerOperation, output: unknown): void {
    this.#frames.answer(id, operation, output);
    this.#schedule();
  }

  failure(id: number, reason: string): void {
    this.#frames.failure(id, reason);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#write);
  }

  #write = (): void => {
    this.#isScheduled = false;
    const socket = this.#socket;
    for (const frame of this.#frames.take()) if (!socket.destroyed) socket.write(frame);
    if (socket.writableLength > maxUnreadBytes) socket.destroy();
  };
}
