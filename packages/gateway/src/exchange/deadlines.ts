/**
 * Hot path (benchmarks: http, streaming). One coarse timer for all that is under way: whatever happens moves a number,
 * and ten times a second the numbers are compared. Nothing is allocated or armed per call or per chunk.
 */
import { PlacedList, type Placed } from "./placed-list.ts";

export interface Deadlined extends Placed {
  /** On the clock of `performance.now()`; Infinity while nothing is awaited. */
  deadlineMs: number;
  onDeadline(): void;
}

const sweepEveryMs = 100;
/** So many empty rounds, and the timer rests until something is under way again. */
const restAfterSweeps = 50;

export class Deadlines {
  /** On the clock of `performance.now()`, as of the last sweep: what has a coarse limit need not ask for the time. */
  nowMs = performance.now();
  #pending = new PlacedList<Deadlined>();
  #timer: NodeJS.Timeout | null = null;
  #emptySweeps = 0;

  add(item: Deadlined): void {
    this.#pending.add(item);
    if (this.#timer !== null) return;
    this.nowMs = performance.now();
    this.#timer = setInterval(() => this.#sweep(), sweepEveryMs).unref();
  }

  remove(item: Deadlined): void {
    this.#pending.remove(item);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#pending.clear();
  }

  #sweep(): void {
    this.nowMs = performance.now();
    if (this.#pending.size === 0) {
      if (++this.#emptySweeps > restAfterSweeps) this.#rest();
      return;
    }
    this.#emptySweeps = 0;
    // A timer comes before the sockets in a turn of the event loop: after a stall, what has arrived meanwhile is read first, so
    // that an upstream that answered in time is not blamed for a gateway that was busy.
    setImmediate(() => this.#judge());
  }

  #judge(): void {
    this.nowMs = performance.now();
    for (const item of this.#pending.all()) if (item.deadlineMs <= this.nowMs) item.onDeadline();
  }

  #rest(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#emptySweeps = 0;
  }
}
