/** Serves one host to all workers over a Unix socket (0600). A connection is a session: when it ends, so do its places in queues. */
import type { Socket } from "node:net";
import { type LedgerOperation, ledgerOperations } from "../../ports/ledger.ts";
import { FileGoneError } from "../kept-files.ts";
import { serveSocket, type SocketServer } from "../socket-server.ts";
import { sqliteUnavailable } from "../sqlite-failure.ts";
import type { LedgerHost } from "./host.ts";
import { FrameReader, FrameWriter, type OperationFailure, readRequests } from "./wire/wire.ts";

const known: ReadonlySet<string> = new Set(ledgerOperations);
/** A worker that does not read its answers is not worth the memory. */
const maxUnreadBytes = 64 * 1024 * 1024;

export function serveLedger(socketPath: string, host: LedgerHost): Promise<SocketServer> {
  return serveSocket(socketPath, (socket) => serveWorker(socket, host));
}

function serveWorker(socket: Socket, host: LedgerHost): void {
  const session = {};
  const answers = new AnswerWriter(socket);
  const submit = (id: number, operation: LedgerOperation, input: unknown): void => {
    if (!known.has(operation)) throw new Error("no such operation");
    host.submit(operation, { session, input: input as never, answer: (output: unknown) => answers.answer(id, operation, output), failed: (error) => answers.failure(id, { reason: error.message, isUnavailable: error instanceof FileGoneError || sqliteUnavailable(error) !== null }) });
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

  failure(id: number, failure: OperationFailure): void {
    this.#frames.failure(id, failure);
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
