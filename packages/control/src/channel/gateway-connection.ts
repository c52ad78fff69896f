/** One gateway worker on the channel: what it said of itself, and a bounded way to tell it something. */
import type { Socket } from "node:net";
import type { ControlMessage, GatewayMessage } from "@parley/contract/channel";
import { JsonLines } from "@parley/contract/json-lines";

/** Gateways send records of calls and metrics, never snapshots. */
const maxGatewayMessageBytes = 16 * 1024 * 1024;
/** A gateway that does not read is cut off, and comes back for the whole snapshot. */
const maxUnsentBytes = 512 * 1024 * 1024;
const maxWaiting = 1_000;

export interface GatewayState {
  worker: number;
  pid: number;
  startedAt: number;
  connectedAt: number;
  /** In force, as the gateway last said. */
  snapshotVersion: number;
}

export class GatewayConnection {
  /** Null until the greeting. */
  state: GatewayState | null = null;
  /** The version that the last thing sent leads to. */
  sentVersion = -1;
  readonly #socket: Socket;
  /** What is being sent and what comes after it. */
  readonly #waiting: Iterator<string>[] = [];
  /** Told when nothing waits any more. */
  #idle: (() => void)[] = [];

  constructor(socket: Socket, onMessage: (message: GatewayMessage) => void) {
    this.#socket = socket;
    const lines = new JsonLines(maxGatewayMessageBytes, (message) => onMessage(message as GatewayMessage));
    socket.on("data", (chunk) => {
      try {
        lines.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on("drain", () => this.#sendNext());
    socket.on("close", () => this.#tellIdle());
    // What went wrong is said by `close`, which always follows.
    socket.on("error", () => undefined);
  }

  onClose(callback: () => void): void {
    this.#socket.on("close", callback);
  }

  send(message: ControlMessage): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > maxUnsentBytes) this.#socket.destroy();
    else this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Each line is made once those before it are on their way; other messages may come between two of them. */
  sendLines(lines: Iterable<string>): void {
    if (this.#socket.destroyed) return;
    if (this.#waiting.push(lines[Symbol.iterator]()) > maxWaiting) this.#socket.destroy();
    else if (this.#waiting.length === 1) this.#sendNext();
  }

  /** Resolves when every line is on its way, or nobody reads them any more. */
  sent(): Promise<void> {
    return this.#waiting.length === 0 || this.#socket.destroyed ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #tellIdle(): void {
    for (const tell of this.#idle.splice(0)) tell();
  }

  #sendNext(): void {
    for (let lines = this.#waiting[0]; lines !== undefined; lines = this.#waiting[0]) {
      const line = lines.next();
      if (line.done) this.#waiting.shift();
      else if (!this.#socket.write(`${line.value}\n`)) return;
    }
    this.#tellIdle();
  }
}
