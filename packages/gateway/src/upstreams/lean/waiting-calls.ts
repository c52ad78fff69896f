/**
 * Hot path (benchmarks: connection-burst). Calls that wait for a connection to one origin, in the order in which they came. Now and
 * then it is seen whether connections become free as quickly as was hoped.
 */
import type { Deadlined, Deadlines } from "../../exchange/deadlines.ts";
import type { LeanCall } from "./lean-call.ts";

export interface WaitingOptions {
  deadlines: Deadlines;
  /** How long they wait before it is seen to. */
  patienceMs: number;
  /** `count` calls at the head of the queue should have connections opened; none became free where `inVain`. */
  impatient(count: number, inVain: boolean): void;
}

/** So many times the patience, and a call waits no longer, even where connections become free all the time. */
const longestWait = 5;
/** Of those that wait when it is seen to, so many have connections opened in any case. */
const lastingShare = 1 / 4;

export class WaitingCalls {
  readonly #options: WaitingOptions;
  readonly #calls: WaitingCall[] = [];
  /** How many got a connection since it was last seen to. */
  #served = 0;
  #isWatched = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#calls.length;
  }

  add(call: LeanCall): void {
    const waiting = new WaitingCall(call, this.#options.deadlines);
    this.#calls.push(waiting);
    call.leaveQueue = () => {
      waiting.leave();
      const place = this.#calls.indexOf(waiting);
      if (place !== -1) this.#calls.splice(place, 1);
    };
    this.#wait();
  }

  /** The one that came first; it waits no longer. */
  next(): LeanCall | null {
    const waiting = this.#calls.shift();
    if (!waiting) return null;
    waiting.leave();
    this.#served++;
    return waiting.call;
  }

  #wait(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    // A timer comes before the sockets in a turn of the event loop: after a stall, what has arrived meanwhile is read first.
    setTimeout(() => setImmediate(this.#see), this.#options.patienceMs);
  }

  #see = (): void => {
    this.#isWatched = false;
    const served = this.#served;
    this.#served = 0;
    if (this.#calls.length === 0) return;
    // As many as got one just now are expected to get one before the next time. But where some wait each time that is seen to,
    // it is no passing burst: waiting costs them a turn of the event loop each time, and a connection only once.
    const count = Math.max(this.#calls.length - served, this.#overdue(), Math.ceil(this.#calls.length * lastingShare));
    this.#options.impatient(count, served === 0);
    this.#served = 0;
    if (this.#calls.length > 0) this.#wait();
  };

  #overdue(): number {
    const sinceMs = performance.now() - longestWait * this.#options.patienceMs;
    const first = this.#calls.findIndex((waiting) => waiting.sinceMs > sinceMs);
    return first === -1 ? this.#calls.length : first;
  }
}

class WaitingCall implements Deadlined {
  place = -1;
  readonly sinceMs = performance.now();
  readonly deadlineMs: number;
  readonly call: LeanCall;
  #deadlines: Deadlines;

  constructor(call: LeanCall, deadlines: Deadlines) {
    this.call = call;
    this.deadlineMs = this.sinceMs + call.request.timeouts.connectMs;
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
