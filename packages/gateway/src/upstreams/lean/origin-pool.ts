/**
 * Hot path (benchmarks: http). The connections to one origin, the one used last taken first: those in excess then grow
 * idle and are closed. Calls that find all of them busy wait in a bounded queue.
 */
import type { ClientIdentity } from "../../certificates/index.ts";
import type { Deadlined, Deadlines } from "../../exchange/deadlines.ts";
import type { LeanCall } from "./lean-call.ts";
import { type ConnectionOwner, LeanConnection } from "./lean-connection.ts";
import type { Origin, SocketOpener } from "./open-socket.ts";
import type { TurnEnd } from "../../http1/turn-end.ts";

export interface PoolOptions {
  origin: Origin;
  opener: SocketOpener;
  identity: ClientIdentity | null;
  deadlines: Deadlines;
  turn: TurnEnd;
  maxConnections: number;
  maxWaiting: number;
  keepAliveMs: number;
}

/** A server closes at its limit; a request must not meet it there. */
const keepAliveMarginMs = 1_000;

export class OriginPool implements ConnectionOwner {
  lastUsedMs = 0;
  #options: PoolOptions;
  #idle: LeanConnection[] = [];
  #all = new Set<LeanConnection>();
  #waiting: WaitingCall[] = [];
  #session: Buffer | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get isUnused(): boolean {
    return this.#all.size === this.#idle.length && this.#waiting.length === 0;
  }

  start(call: LeanCall): void {
    const idle = call.request.freshConnection === true ? undefined : this.#idle.pop();
    if (idle) return idle.carry(call);
    if (this.#all.size >= this.#options.maxConnections) {
      // One that does nothing makes place for one that is asked to be new.
      const oldest = this.#idle.shift();
      if (!oldest) return this.#queue(call);
      oldest.close();
    }
    this.#open(call);
  }

  free(connection: LeanConnection): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting.leave();
      return connection.carry(waiting.call);
    }
    const { keepAliveMs } = this.#options;
    const keepMs = connection.keepAliveMs === null ? keepAliveMs : Math.min(keepAliveMs, connection.keepAliveMs - keepAliveMarginMs);
    if (keepMs <= 0 || this.#closed) return connection.close();
    connection.deadlineMs = performance.now() + keepMs;
    this.#idle.push(connection);
  }

  closed(connection: LeanConnection): void {
    this.#all.delete(connection);
    this.#options.deadlines.remove(connection);
    const place = this.#idle.indexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    waiting.leave();
    this.#open(waiting.call);
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
    const { maxWaiting, deadlines } = this.#options;
    // Later, because nothing of an answer is called before `send` returns.
    if (this.#waiting.length >= maxWaiting) return queueMicrotask(() => call.failUnsent("connect-failure", `more than ${maxWaiting} calls wait for a connection`));
    const waiting = new WaitingCall(call, deadlines);
    this.#waiting.push(waiting);
    call.leaveQueue = () => {
      waiting.leave();
      const place = this.#waiting.indexOf(waiting);
      if (place !== -1) this.#waiting.splice(place, 1);
    };
  }
}

class WaitingCall implements Deadlined {
  place = -1;
  readonly deadlineMs: number;
  readonly call: LeanCall;
  #deadlines: Deadlines;

  constructor(call: LeanCall, deadlines: Deadlines) {
    this.call = call;
    this.deadlineMs = performance.now() + call.request.timeouts.connectMs;
    this.#deadlines = deadlines;
    deadlines.add(this);
  }

  leave(): void {
    this.call.leaveQueue = null;
    this.#deadlines.remove(this);
  }

  onDeadline(): void {
    this.call.failUnsent("timeout-connect", `no connection was free within ${this.call.request.timeouts.connectMs} ms`);
  }
}
