/**
 * A worker's end of the ledger. Requests of one turn of the event loop travel together; the connection comes back by itself;
 * every request ends in an answer or in a `LedgerUnavailableError` by its deadline.
 */
import { connect, type Socket } from "node:net";
import { type Ledger, type LedgerOperation, ledgerOperations, LedgerUnavailableError } from "../../ports/ledger.ts";
import { releaseLate } from "./late-answers.ts";
import { FrameReader, FrameWriter, type OperationFailure, readAnswers } from "./wire/wire.ts";

export interface LedgerClientOptions {
  socketPath: string;
  /** How long an operation may take; one that waits in a queue has its waiting time on top. */
  deadlineMs?: number;
  maxInFlight?: number;
}

interface Pending {
  operation: LedgerOperation;
  /** Until it has been sent; and after it, where it has to be known when its answer comes too late. */
  input: unknown;
  sent: boolean;
  deadlineMs: number;
  /** On top, once it has been sent. */
  waitMs: number;
  resolve(output: unknown): void;
  reject(error: Error): void;
}

const reconnectMs = 50;
const readBufferBytes = 64 * 1024;
/** Answers to requests that were given up are still waited for, to give back what they granted. */
const maxLate = 10_000;

export function connectLedger(options: LedgerClientOptions): Ledger {
  const client = new LedgerClient(options);
  const operations = ledgerOperations.map((name) => [name, (input: unknown) => client.ask(name, input)]);
  return { ...Object.fromEntries(operations), close: () => client.close() } as Ledger;
}

class LedgerClient {
  readonly #options: Required<LedgerClientOptions>;
  readonly #pending = new Map<number, Pending>();
  readonly #late = new Map<number, { operation: LedgerOperation; input: unknown }>();
  readonly #frames = new FrameWriter();
  readonly #readBuffer = Buffer.allocUnsafeSlow(readBufferBytes);
  readonly #watch: NodeJS.Timeout;
  #socket: Socket | null = null;
  #connected = false;
  #closed = false;
  #flushing = false;
  #lastId = 0;
  #reconnect: NodeJS.Timeout | null = null;

  constructor(options: LedgerClientOptions) {
    this.#options = { deadlineMs: 2_000, maxInFlight: 10_000, ...options };
    this.#watch = setInterval(() => this.#expire(), Math.max(10, this.#options.deadlineMs / 10)).unref();
    this.#connect();
  }

  ask(operation: LedgerOperation, input: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(new LedgerUnavailableError("down", "it was closed"));
    if (this.#pending.size >= this.#options.maxInFlight) return Promise.reject(new LedgerUnavailableError("overload", "too many operations are in flight"));
    const id = (this.#lastId += 1);
    const waitMs = typeof input === "object" && input !== null && "waitMs" in input ? Number(input.waitMs) : 0;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { operation, input, sent: false, deadlineMs: performance.now() + this.#options.deadlineMs, waitMs, resolve, reject });
      if (!this.#flushing && this.#connected) {
        this.#flushing = true;
        // At the turn's end, all together: each write wakes the ledger's thread, and what it takes up together is one commit.
        setImmediate(this.#flush);
      }
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    if (this.#reconnect) clearTimeout(this.#reconnect);
    this.#rejectAll(() => true, "it was closed");
    const socket = this.#socket;
    if (!socket || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.destroy();
    });
  }

  #connect(): void {
    const frames = new FrameReader((frame) => readAnswers(frame, this.#answered));
    const read = (length: number, bytes: Uint8Array): boolean => {
      try {
        frames.push((bytes as Buffer).subarray(0, length));
      } catch {
        socket.destroy();
      }
      return true;
    };
    const socket = connect({ path: this.#options.socketPath, onread: { buffer: this.#readBuffer, callback: read } });
    this.#socket = socket;
    socket.on("connect", () => {
      this.#connected = true;
      this.#flush();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#disconnected());
  }

  /** What was sent may or may not have been carried out; what was not waits for the next connection. */
  #disconnected(): void {
    this.#connected = false;
    this.#late.clear();
    this.#rejectAll((pending) => pending.sent, "the connection was lost");
    if (this.#closed) return;
    this.#reconnect = setTimeout(() => this.#connect(), reconnectMs);
    this.#reconnect.unref();
  }

  #rejectAll(which: (pending: Pending) => boolean, detail: string): void {
    for (const [id, pending] of this.#pending) {
      if (!which(pending)) continue;
      this.#pending.delete(id);
      pending.reject(new LedgerUnavailableError("down", detail));
    }
  }

  #flush = (): void => {
    this.#flushing = false;
    if (!this.#connected || !this.#socket) return;
    for (const [id, pending] of this.#unsent()) {
      pending.sent = true;
      pending.deadlineMs += pending.waitMs;
      this.#frames.request(id, pending.operation, pending.input);
      if (!isUndone(pending.operation)) pending.input = null;
    }
    for (const frame of this.#frames.take()) this.#socket.write(frame);
  };

  /** The newest are the unsent ones, so the walk is short. */
  #unsent(): [id: number, pending: Pending][] {
    const unsent: [id: number, pending: Pending][] = [];
    for (let id = this.#lastId; id > 0; id -= 1) {
      const pending = this.#pending.get(id);
      if (pending?.sent) break;
      if (pending) unsent.push([id, pending]);
      else if (unsent.length >= this.#pending.size) break;
    }
    return unsent.reverse();
  }

  #answered = (id: number, output: unknown, failure: OperationFailure | null): void => {
    const pending = this.#pending.get(id);
    if (!pending) return this.#answeredLate(id, output);
    this.#pending.delete(id);
    if (failure === null) pending.resolve(output);
    else if (failure.isUnavailable) pending.reject(new LedgerUnavailableError("down", failure.reason));
    else pending.reject(new Error(`the ledger could not carry out ${pending.operation}: ${failure.reason}`));
  };

  #answeredLate(id: number, output: unknown): void {
    const request = this.#late.get(id);
    this.#late.delete(id);
    const undo = request && releaseLate(request.operation, request.input, output);
    if (undo) this.ask(undo.operation, undo.input).catch(() => {});
  }

  #expire(): void {
    const now = performance.now();
    for (const [id, pending] of this.#pending) {
      if (pending.deadlineMs > now) continue;
      this.#pending.delete(id);
      if (pending.sent && isUndone(pending.operation) && this.#late.size < maxLate) this.#late.set(id, { operation: pending.operation, input: pending.input });
      const reason = this.#connected ? "deadline" : "down";
      pending.reject(new LedgerUnavailableError(reason, reason === "down" ? "it cannot be reached" : "it did not answer in time"));
    }
  }
}

/** Whether what it grants too late is given back. */
function isUndone(operation: LedgerOperation): boolean {
  return operation === "prepareWrite" || operation === "acquireLease";
}
