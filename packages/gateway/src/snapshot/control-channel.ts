/**
 * The gateway's end of the channel between the planes: connects to the control plane, says what it has, and comes back
 * whenever the other side went away. What is sent while it is away is lost; whoever sends has to be able to bear that.
 */
import { connect, type Socket } from "node:net";
import { maxChannelMessageBytes, type ControlMessage, type GatewayMessage } from "@parley/contract/channel";
import { JsonLines } from "@parley/contract/json-lines";
import type { Logger } from "pino";
import { MessageParts, type WholeMessage } from "./message-parts.ts";

export interface ControlChannelOptions {
  socketPath: string;
  hello(): GatewayMessage;
  receive(message: WholeMessage): void;
  /** True until a snapshot is in force. */
  isFirst(): boolean;
  log: Logger;
}

const firstRetryMs = 25;
/** A gateway that has no snapshot yet serves nobody until it is there: asking a Unix socket costs it a tenth of a millisecond. */
const lastRetryMs = 50;
/** What the control plane has not read yet; past it, live records and the like are not worth the memory. */
const maxUnsentBytes = 32 * 1024 * 1024;

export class ControlChannel {
  #options: ControlChannelOptions;
  #socket: Socket | null = null;
  #retryMs = firstRetryMs;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: ControlChannelOptions) {
    this.#options = options;
    this.#connect();
  }

  /** False where it cannot be sent now. */
  send(message: GatewayMessage): boolean {
    if (!this.#socket?.writable || this.#socket.connecting || this.#socket.writableLength > maxUnsentBytes) return false;
    this.#socket.write(`${JSON.stringify(message)}\n`);
    return true;
  }

  /** Sends what is waiting, then ends. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    const socket = this.#socket;
    if (!socket || socket.destroyed || socket.connecting) {
      socket?.destroy();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.end();
      setTimeout(() => socket.destroy(), 500).unref();
    });
  }

  #connect(): void {
    const socket = connect(this.#options.socketPath);
    this.#socket = socket;
    const parts = new MessageParts(() => this.#options.isFirst());
    const lines = new JsonLines(maxChannelMessageBytes, (message) => {
      const whole = parts.take(message as ControlMessage);
      if (whole) this.#options.receive(whole);
      else afterTheNextTurn(socket);
    });
    socket.on("connect", () => {
      this.#retryMs = firstRetryMs;
      this.send(this.#options.hello());
    });
    socket.on("data", (chunk: Buffer) => {
      try {
        lines.push(chunk);
      } catch (error) {
        this.#options.log.error({ error }, "the control plane sent something that is no message");
        socket.destroy();
      }
    });
    // 'close' follows. That nobody answers is normal while the control plane starts.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#reconnect());
  }

  #reconnect(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2);
  }
}

/** Calls get their turn between two parts, however fast these come. */
function afterTheNextTurn(socket: Socket): void {
  if (socket.isPaused()) return;
  socket.pause();
  setImmediate(() => socket.resume());
}
