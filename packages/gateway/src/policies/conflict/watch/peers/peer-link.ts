/** One connection between two workers, from either end. Messages of one turn of the event loop leave together. */
import type { Socket } from "node:net";
import { encode, type PeerMessage, PeerMessages } from "./observation.ts";

/** A peer that does not read is not worth the memory; losing the connection makes everybody start anew. */
const maxUnreadBytes = 64 * 1024 * 1024;

export class PeerLink {
  readonly #socket: Socket;
  #outgoing: Buffer[] = [];

  constructor(socket: Socket, events: { message: (message: PeerMessage) => void; closed: () => void }) {
    this.#socket = socket;
    const messages = new PeerMessages(events.message);
    socket.on("data", (chunk: Buffer) => {
      try {
        messages.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    // 'close' follows and says it.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => events.closed());
    socket.unref();
  }

  send(message: PeerMessage): void {
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(...encode(message));
  }

  close(): void {
    this.#socket.destroy();
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#outgoing);
    this.#outgoing = [];
    if (this.#socket.destroyed) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > maxUnreadBytes) this.#socket.destroy();
  }
}
