/**
 * The caches of several workers: each tells all others what it writes, and goes on when all have heard it. A worker that loses one
 * of the others forgets what it keeps and keeps nothing until all are there, so one that does not answer in time is cut off
 * and no write waits for it longer. Hides the sockets; imports node:net and the contract's lines.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { JsonLines } from "@parley/contract/json-lines";
import { listenPrivately } from "@parley/contract/private-socket";
import type { PeerLine, PeerNote } from "./peer-note.ts";

export interface CachePeersOptions {
  worker: number;
  workers: number;
  /** Where a worker listens for the others. */
  socketOf: (worker: number) => string;
  warn(message: string): void;
}

export interface PeerEvents {
  heard(worker: number, note: PeerNote): void;
  /** Not all are there any more, or one is new; `lost` names one that is gone. */
  changed(lost: number | null): void;
}

const reconnectMs = 100;
const patienceMs = 2_000;
const maxLineBytes = 1024 * 1024;

/** To one other worker, with who waits for its word. */
interface Outgoing {
  socket: Socket;
  waiting: Map<number, () => void>;
}

export class CachePeers {
  readonly #options: CachePeersOptions;
  readonly #outgoing = new Map<number, Outgoing>();
  readonly #incoming = new Map<number, Socket>();
  #events: PeerEvents = { heard: () => {}, changed: () => {} };
  #server: Server | null = null;
  #count = 0;
  #closed = false;

  constructor(options: CachePeersOptions) {
    this.#options = options;
  }

  attach(events: PeerEvents): void {
    this.#events = events;
  }

  /** Every other worker can be heard. */
  get isWhole(): boolean {
    return this.#incoming.size === this.#options.workers - 1;
  }

  start(): void {
    const { worker, workers, socketOf } = this.#options;
    const server = createServer((socket) => this.#accepted(socket));
    this.#server = server;
    const failed = (error: Error): void => this.#options.warn(`answers are not kept: ${error.message}`);
    void listenPrivately(server, socketOf(worker)).then(() => server.on("error", failed), failed);
    server.unref();
    for (let peer = 0; peer < workers; peer += 1) if (peer !== worker) this.#connect(peer);
  }

  close(): void {
    this.#closed = true;
    this.#server?.close();
    for (const socket of [...this.#incoming.values(), ...[...this.#outgoing.values()].map((one) => one.socket)]) socket.destroy();
  }

  /** Resolves when all others have heard it that hear this worker at all. */
  tell(note: PeerNote): Promise<void> {
    const number = ++this.#count;
    const line = `${JSON.stringify({ kind: "note", number, note } satisfies PeerLine)}\n`;
    return Promise.all([...this.#outgoing.values()].map((peer) => told(peer, number, line))).then(() => {});
  }

  #connect(peer: number): void {
    if (this.#closed) return;
    const socket = connect(this.#options.socketOf(peer));
    const outgoing: Outgoing = { socket, waiting: new Map() };
    socket.unref();
    onLines(socket, (line) => {
      if (line.kind === "heard") outgoing.waiting.get(line.number)?.();
    });
    // From here on it is told everything: its word that it listens comes after it counts this worker as one that it hears.
    socket.on("connect", () => {
      this.#outgoing.set(peer, outgoing);
      send(socket, { kind: "hello", worker: this.#options.worker });
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (this.#outgoing.get(peer) === outgoing) this.#outgoing.delete(peer);
      for (const heard of outgoing.waiting.values()) heard();
      setTimeout(() => this.#connect(peer), reconnectMs).unref();
    });
  }

  #accepted(socket: Socket): void {
    let peer = -1;
    socket.unref();
    onLines(socket, (line) => {
      if (line.kind === "hello") {
        peer = line.worker;
        this.#incoming.get(peer)?.destroy();
        this.#incoming.set(peer, socket);
        this.#events.changed(null);
      } else if (line.kind === "note" && this.#incoming.get(peer) === socket) {
        this.#events.heard(peer, line.note);
        send(socket, { kind: "heard", number: line.number });
      }
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (this.#incoming.get(peer) !== socket) return;
      this.#incoming.delete(peer);
      this.#events.changed(peer);
    });
  }
}

/** Whoever does not say that it has heard is cut off; it sees that, and forgets what it keeps. */
function told({ socket, waiting }: Outgoing, number: number, line: string): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    waiting.set(number, () => {
      clearTimeout(timer);
      waiting.delete(number);
      resolve();
    });
    socket.write(line);
  });
}

function send(socket: Socket, line: PeerLine): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
}

function onLines(socket: Socket, heard: (line: PeerLine) => void): void {
  const lines = new JsonLines(maxLineBytes, (message) => heard(message as PeerLine));
  socket.on("data", (chunk: Buffer) => {
    try {
      lines.push(chunk);
    } catch {
      socket.destroy();
    }
  });
}
