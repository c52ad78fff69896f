/** Hot path (benchmarks: http). Sends a streamed request body at the pace that the socket takes it. */
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

export interface BodySenderEvents {
  /** Something was sent. */
  progress(): void;
  sent(): void;
  broken(detail: string): void;
}

export class BodySender {
  #socket: Socket;
  #body: Readable;
  /** Bytes that must still come; null where the body is chunked. */
  #remaining: number | null;
  #events: BodySenderEvents;
  #ended = false;

  constructor(socket: Socket, body: Readable, length: number | null, events: BodySenderEvents) {
    this.#socket = socket;
    this.#body = body;
    this.#remaining = length;
    this.#events = events;
    body.on("data", this.#onData);
    body.on("end", this.#onEnd);
    body.on("error", this.#onBroken);
    body.on("close", this.#onBroken);
    socket.on("drain", this.#onDrain);
  }

  /** What the body still holds is left in it, for whoever owns it. */
  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#body.off("data", this.#onData);
    this.#body.off("end", this.#onEnd);
    this.#body.off("close", this.#onBroken);
    this.#socket.off("drain", this.#onDrain);
    this.#body.pause();
  }

  #onData = (piece: Buffer): void => {
    if (piece.length === 0) return;
    this.#events.progress();
    if (!this.#write(piece)) this.#body.pause();
  };

  #write(piece: Buffer): boolean {
    if (this.#remaining !== null) {
      this.#remaining -= piece.length;
      if (this.#remaining >= 0) return this.#socket.write(piece);
      this.#break("the request's body is longer than its Content-Length");
      return false;
    }
    this.#socket.cork();
    this.#socket.write(`${piece.length.toString(16)}\r\n`, "latin1");
    this.#socket.write(piece);
    const flows = this.#socket.write("\r\n", "latin1");
    this.#socket.uncork();
    return flows;
  }

  #onEnd = (): void => {
    if (this.#remaining !== null && this.#remaining > 0) return this.#break("the request's body is shorter than its Content-Length");
    if (this.#remaining === null) this.#socket.write("0\r\n\r\n", "latin1");
    this.stop();
    this.#events.sent();
  };

  #onBroken = (error?: Error): void => {
    if (!this.#ended) this.#break(error?.message ?? "the request's body broke off");
  };

  #onDrain = (): void => {
    this.#events.progress();
    this.#body.resume();
  };

  #break(detail: string): void {
    this.stop();
    this.#events.broken(detail);
  }
}
