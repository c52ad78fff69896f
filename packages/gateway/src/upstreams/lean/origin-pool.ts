/**
 * Hot path (benchmarks: http, latency). The connections to one origin, the one used last taken first: those in excess then
 * grow idle and are closed. A call that finds all of them busy has another one opened, unless one of them should be free in a
 * moment; where there may be no more, it waits until one is. The queue is bounded.
 */
import type { ClientIdentity } from "../../certificates/index.ts";
import type { Deadlines } from "../../exchange/deadlines.ts";
import type { LeanCall } from "./lean-call.ts";
import { type ConnectionOwner, LeanConnection } from "./lean-connection.ts";
import type { Origin, SocketOpener } from "./open-socket.ts";
import type { TurnEnd } from "../../http1/turn-end.ts";
import { Turnover } from "./turnover.ts";
import { WaitingCalls } from "./waiting-calls.ts";

export interface PoolOptions {
  origin: Origin;
  opener: SocketOpener;
  identity: ClientIdentity | null;
  deadlines: Deadlines;
  turn: TurnEnd;
  maxConnections: number;
  maxWaiting: number;
  keepAliveMs: number;
  /** How long a call waits for one of the connections that there are, where they become free quickly. */
  patienceMs: number;
}

/** A server closes at its limit; a request must not meet it there. */
const keepAliveMarginMs = 1_000;
/** One in so many calls that could wait has a connection opened, so that soon there are as many as are wanted all the time. */
const openForEach = 8;

export class OriginPool implements ConnectionOwner {
  lastUsedMs = 0;
  #options: PoolOptions;
  #idle: LeanConnection[] = [];
  #all = new Set<LeanConnection>();
  #waiting: WaitingCalls;
  #turnover: Turnover;
  #waited = 0;
  #session: Buffer | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    const { deadlines, patienceMs } = options;
    this.#turnover = new Turnover(patienceMs);
    this.#waiting = new WaitingCalls({ deadlines, patienceMs, impatient: (count, inVain) => this.#openFor(count, inVain) });
  }

  get isUnused(): boolean {
    return this.#all.size === this.#idle.length && this.#waiting.size === 0;
  }

  start(call: LeanCall): void {
    const isFresh = call.request.freshConnection === true;
    const idle = isFresh ? undefined : this.#idle.pop();
    if (idle) return idle.carry(call);
    if (!isFresh && this.#turnover.isQuick(this.#waiting.size, this.#all.size) && ++this.#waited % openForEach !== 0) return this.#queue(call);
    if (this.#all.size >= this.#options.maxConnections) {
      // One that does nothing makes place for one that is asked to be new.
      const oldest = this.#idle.shift();
      if (!oldest) return this.#queue(call);
      oldest.close();
    }
    this.#open(call);
  }

  free(connection: LeanConnection): void {
    const nowMs = performance.now();
    this.#turnover.answered(nowMs - connection.askedAtMs, this.#options.turn.count);
    const waiting = this.#waiting.next();
    if (waiting) return connection.carry(waiting);
    const { keepAliveMs } = this.#options;
    const keepMs = connection.keepAliveMs === null ? keepAliveMs : Math.min(keepAliveMs, connection.keepAliveMs - keepAliveMarginMs);
    if (keepMs <= 0 || this.#closed) return connection.close();
    connection.deadlineMs = nowMs + keepMs;
    this.#idle.push(connection);
  }

  closed(connection: LeanConnection): void {
    this.#all.delete(connection);
    this.#options.deadlines.remove(connection);
    const place = this.#idle.indexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
    const waiting = this.#waiting.next();
    if (waiting) this.#open(waiting);
  }

  /** Calls in flight end as they may; connections close after them. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #open(call: LeanCall): void {
    const { origin, opener, identity, deadlines, turn } = this.#options;
    // Later, because nothing of an answer is called before `send` returns.
    if (identity !== null && identity.context === null) return queueMicrotask(() => call.failUnsent("connect-failure", "the certificates for this upstream cannot be used"));
    const connection = new LeanConnection(this, turn);
    this.#all.add(connection);
    deadlines.add(connection);
    const socket = opener.open(origin, (bytes) => connection.onRead(bytes), { session: this.#session, identity });
    if (origin.secure) socket.on("session", (session: Buffer) => (this.#session = session));
    connection.attach(socket, call, origin.secure ? "secureConnect" : "connect");
  }

  #queue(call: LeanCall): void {
    const { maxWaiting } = this.#options;
    // Later, because nothing of an answer is called before `send` returns.
    if (this.#waiting.size >= maxWaiting) return queueMicrotask(() => call.failUnsent("connect-failure", `more than ${maxWaiting} calls wait for a connection`));
    this.#waiting.add(call);
  }

  /** They waited for nothing, or for too long. Where there may be no more connections they go on waiting. */
  #openFor(calls: number, inVain: boolean): void {
    if (inVain) this.#turnover.disappointed();
    for (let left = calls; left > 0 && this.#all.size < this.#options.maxConnections; left--) {
      const call = this.#waiting.next();
      if (call) this.#open(call);
    }
  }
}
