/**
 * The worker's end of counters that are served by another process. Operations of one turn of the event loop travel
 * together. While the server cannot be reached, or takes longer than `patienceMs`, answers are what the opener chose;
 * limits then hold nothing, and one warning a minute says so.
 */
import { connect, type Socket } from "node:net";
import { JsonLines } from "@parley/contract/json-lines";
import type { Counters, RateCheck, RateVerdict, WhenUnreachable } from "../ports/counters.ts";
import { decodeVerdicts, maxCountersLineBytes, type CountersOperation, type CountersResult } from "./counters-wire.ts";
import { Looks } from "./looks.ts";

export interface CountersClientOptions {
  /** Whether calls pass while there are no counters. */
  whenUnreachable: WhenUnreachable;
  warn(message: string): void;
  patienceMs?: number;
}

interface Waiting {
  /** The look at which the server is given up. */
  lastLook: number;
  settle(result: CountersResult[1] | null): void;
}

const maxWaiting = 20_000;
/** In the time of one patience. */
const looksOfPatience = 10;
const reconnectMs = 100;
const warnEveryMs = 60_000;

export function connectCounters(socketPath: string, options: CountersClientOptions): Counters {
  return new CountersClient(socketPath, options);
}

class CountersClient implements Counters {
  #socketPath: string;
  #options: CountersClientOptions;
  #socket: Socket | null = null;
  #connected = false;
  #closed = false;
  #outgoing: CountersOperation[] = [];
  #waiting = new Map<number, Waiting>();
  #held = new Map<string, number>();
  #lastId = 0;
  #warnedAtMs = -Infinity;
  #looks: Looks;
  #reconnect: NodeJS.Timeout | null = null;

  constructor(socketPath: string, options: CountersClientOptions) {
    this.#socketPath = socketPath;
    this.#options = options;
    this.#looks = new Looks((options.patienceMs ?? 500) / looksOfPatience, () => this.#look());
    this.#connect();
  }

  async admit(checks: readonly RateCheck[]): Promise<readonly RateVerdict[]> {
    const result = await this.#ask((id) => ["admit", id, checks]);
    return result ? decodeVerdicts(result as readonly RateVerdict[]) : checks.map((check) => this.#blindVerdict(check));
  }

  refund(checks: readonly RateCheck[]): void {
    if (this.#connected) this.#send(["refund", checks]);
  }

  async acquire(key: string, limit: number): Promise<boolean> {
    const acquired = ((await this.#ask((id) => ["acquire", id, key, limit])) ?? this.#options.whenUnreachable === "admit") as boolean;
    if (acquired) this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    return acquired;
  }

  release(key: string): void {
    const held = this.#held.get(key) ?? 0;
    if (held > 1) this.#held.set(key, held - 1);
    else this.#held.delete(key);
    // While disconnected there is nothing to say: the reconnection tells what is still held.
    if (this.#connected) this.#send(["release", key]);
  }

  note(key: string, text: string, ttlMs: number): void {
    if (this.#connected) this.#send(["note", key, text, ttlMs]);
  }

  async noted(keys: readonly string[]): Promise<readonly (string | null)[]> {
    return ((await this.#ask((id) => ["noted", id, keys])) as readonly (string | null)[] | null) ?? keys.map(() => null);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reconnect) clearTimeout(this.#reconnect);
    this.#socket?.destroy();
    this.#giveUpWaiting();
  }

  /** Null when there is no answer. */
  #ask(operation: (id: number) => CountersOperation): Promise<CountersResult[1] | null> {
    if (!this.#connected || this.#waiting.size >= maxWaiting) {
      this.#warn();
      return Promise.resolve(null);
    }
    const id = ++this.#lastId;
    return new Promise((settle) => {
      this.#waiting.set(id, { lastLook: this.#looks.count + looksOfPatience + 1, settle });
      this.#looks.begin();
      this.#send(operation(id));
    });
  }

  #send(operation: CountersOperation): void {
    if (this.#outgoing.push(operation) > 1) return;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#outgoing.length === 0) return;
    const line = `${JSON.stringify(this.#outgoing)}\n`;
    this.#outgoing = [];
    if (this.#connected) this.#socket?.write(line);
  }

  #connect(): void {
    const socket = connect(this.#socketPath);
    this.#socket = socket;
    const lines = new JsonLines(maxCountersLineBytes, (message) => this.#receive(message as CountersResult[]));
    socket.on("connect", () => this.#begin());
    socket.on("data", (chunk: Buffer) => {
      try {
        lines.push(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    // 'close' follows and does the rest.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#lose());
    socket.unref();
  }

  #begin(): void {
    this.#connected = true;
    this.#outgoing = [];
    for (const [key, count] of this.#held) this.#send(["held", key, count]);
  }

  #lose(): void {
    this.#connected = false;
    this.#giveUpWaiting();
    if (this.#closed) return;
    this.#warn();
    this.#reconnect = setTimeout(() => this.#connect(), reconnectMs).unref();
  }

  #receive(results: CountersResult[]): void {
    for (const [id, result] of results) {
      this.#waiting.get(id)?.settle(result);
      this.#waiting.delete(id);
    }
  }

  /** A server that is late is as good as gone; connecting anew also settles what it thinks is held. */
  #look(): boolean {
    const oldest = this.#waiting.values().next();
    if (!oldest.done && oldest.value.lastLook <= this.#looks.count) this.#socket?.destroy();
    return !oldest.done;
  }

  #giveUpWaiting(): void {
    for (const waiting of this.#waiting.values()) waiting.settle(null);
    this.#waiting.clear();
  }

  #blindVerdict(check: RateCheck): RateVerdict {
    if (this.#options.whenUnreachable === "admit") return { admitted: true, remaining: check.limit, resetMs: 0, retryAfterMs: 0 };
    return { admitted: false, remaining: 0, resetMs: 1000, retryAfterMs: 1000 };
  }

  #warn(): void {
    const now = performance.now();
    if (now - this.#warnedAtMs < warnEveryMs) return;
    this.#warnedAtMs = now;
    const consequence = this.#options.whenUnreachable === "admit" ? "limits do not hold until it is back" : "limited calls are refused until it is back";
    this.#options.warn(`the shared counters at ${this.#socketPath} cannot be reached; ${consequence}`);
  }
}
