/**
 * Hot path of routes with a `concurrent` limit. Places for calls at the same time, counted for all workers; where the
 * limit has a queue, calls wait in this worker in the order in which they came, and the queue's length holds for all
 * workers, too. A place that another worker gives back is noticed by asking, a moment later.
 */
import type { Counters } from "@parley/stores/ports/counters";

export interface Place {
  key: string;
  limit: number;
  queue: { length: number; waitMs: number } | null;
}

interface Waiting {
  place: Place;
  deadlineMs: number;
  /** Once. */
  settle(admitted: boolean): void;
}

const askEveryMs = 20;

export class Places {
  readonly #counters: Counters;
  readonly #monotonicMs: () => number;
  /** By key; bounded by the queues' lengths. */
  readonly #lines = new Map<string, Waiting[]>();
  readonly #asking = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(counters: Counters, monotonicMs: () => number) {
    this.#counters = counters;
    this.#monotonicMs = monotonicMs;
  }

  /** Whether there is one; `onGone` calls back when nobody waits for it any more. */
  take(place: Place, onGone: (callback: () => void) => void): boolean | Promise<boolean> {
    if (place.queue === null) return this.#counters.acquire(place.key, place.limit);
    return this.#takeOrWait(place, place.queue, onGone);
  }

  giveBack(key: string): void {
    this.#counters.release(key);
    if (this.#lines.has(key)) void this.#admitNext(key);
  }

  async #takeOrWait(place: Place, queue: NonNullable<Place["queue"]>, onGone: (callback: () => void) => void): Promise<boolean> {
    // Nobody overtakes those who wait.
    if (!this.#lines.has(place.key) && (await this.#counters.acquire(place.key, place.limit))) return true;
    const seat = `${place.key}:queue`;
    if (!(await this.#counters.acquire(seat, queue.length))) return false;
    const admitted = await this.#wait(place, queue.waitMs, onGone);
    this.#counters.release(seat);
    return admitted;
  }

  #wait(place: Place, waitMs: number, onGone: (callback: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      let isSettled = false;
      const waiting: Waiting = {
        place,
        deadlineMs: this.#monotonicMs() + waitMs,
        settle: (admitted) => {
          // The place came after whoever waited for it had gone.
          if (isSettled) return admitted ? this.giveBack(place.key) : undefined;
          isSettled = true;
          resolve(admitted);
        },
      };
      const line = this.#lines.get(place.key);
      if (line) line.push(waiting);
      else this.#lines.set(place.key, [waiting]);
      this.#timer ??= setInterval(() => this.#round(), askEveryMs);
      onGone(() => {
        this.#leave(waiting);
        waiting.settle(false);
      });
      void this.#admitNext(place.key);
    });
  }

  async #admitNext(key: string): Promise<void> {
    if (this.#asking.has(key)) return;
    this.#asking.add(key);
    for (let line = this.#lines.get(key); line; line = this.#lines.get(key)) {
      const next = line[0] as Waiting;
      if (!(await this.#counters.acquire(key, next.place.limit))) break;
      const first = this.#lines.get(key)?.[0];
      if (!first) {
        this.#counters.release(key);
        break;
      }
      this.#leave(first);
      first.settle(true);
    }
    this.#asking.delete(key);
  }

  #round(): void {
    const now = this.#monotonicMs();
    for (const [key, line] of this.#lines) {
      for (const waiting of line.filter(({ deadlineMs }) => deadlineMs <= now)) {
        this.#leave(waiting);
        waiting.settle(false);
      }
      void this.#admitNext(key);
    }
  }

  #leave(waiting: Waiting): void {
    const { key } = waiting.place;
    const line = this.#lines.get(key);
    const index = line?.indexOf(waiting) ?? -1;
    if (!line || index === -1) return;
    line.splice(index, 1);
    if (line.length > 0) return;
    this.#lines.delete(key);
    if (this.#lines.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
