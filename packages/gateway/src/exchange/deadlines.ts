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
  #sweptMs = 0;
  #pending = new PlacedList<Deadlined>();
  #timer: NodeJS.Timeout | null = null;
  #emptySweeps = 0;

  /** On the clock of `performance.now()`, as of the last sweep: what has a coarse limit need not ask for the time. No sweep keeps it while the timer rests. */
  get nowMs(): number {
    return this.#timer === null ? performance.now() : this.#sweptMs;
  }

  add(item: Deadlined): void {
    this.#pending.add(item);
    if (this.#timer !== null) return;
    this.#sweptMs = performance.now();
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
    this.#sweptMs = performance.now();
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
    this.#sweptMs = performance.now();
    for (const item of this.#pending.all()) if (item.deadlineMs <= this.#sweptMs) item.onDeadline();
  }

  #rest(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#emptySweeps = 0;
  }
}
