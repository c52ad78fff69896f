/** One keep-alive connection of the load generator: a call at a time, opened again when the other side closed it. */
import { connect, type Socket } from "node:net";
import { AnswerReader } from "./answer-reader.ts";
import type { BodyCheck } from "./body-check.ts";

/** Null when the call was answered with 200 and the right body. */
export type Done = (failure: string | null) => void;

const readBufferBytes = 64 * 1024;

export class Connection {
  readonly #port: number;
  readonly #check: BodyCheck;
  readonly #buffer = Buffer.allocUnsafe(readBufferBytes);
  #socket: Socket | null = null;
  #status = 0;
  #done: Done | null = null;

  constructor(port: number, check: BodyCheck) {
    this.#port = port;
    this.#check = check;
  }

  call(request: Uint8Array, done: Done): void {
    this.#done = done;
    this.#check.reset();
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const reader = new AnswerReader({
      head: (status) => (this.#status = status),
      body: (piece) => this.#check.piece(piece),
      end: (reusable) => this.#answered(reusable),
    });
    const onread = {
      buffer: this.#buffer,
      callback: (length: number, bytes: Uint8Array) => {
        reader.feed((bytes as Buffer).subarray(0, length));
        return true;
      },
    };
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true, onread });
    socket.on("error", (error) => this.#lost(socket, error.message));
    socket.on("close", () => this.#lost(socket, "the connection was closed before the answer's end"));
    return socket;
  }

  #answered(reusable: boolean): void {
    const failure = this.#status === 200 ? this.#check.verdict() : `status ${this.#status}`;
    if (!reusable) this.close();
    this.#finish(failure);
  }

  #lost(socket: Socket, reason: string): void {
    // Closed by us, or already replaced.
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#finish(reason);
  }

  #finish(failure: string | null): void {
    const done = this.#done;
    this.#done = null;
    done?.(failure);
  }
}
