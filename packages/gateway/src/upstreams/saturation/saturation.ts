/**
 * Hot path of upstreams with `concurrency`. Lets as many calls to an upstream as it can take, has the next ones wait for a
 * moment, and sheds the least important first. Each worker judges by its own calls. Hides the adaptive limit and the
 * waiting room; may import the configuration's types.
 */
import type { Upstream } from "@parley/contract/config/upstream";
import type { Priority } from "@parley/contract/config/consumer";
import { GradientLimit } from "./gradient-limit.ts";
import { WaitingRoom, type Waiting } from "./waiting-room.ts";

export type Concurrency = NonNullable<Upstream["concurrency"]>;

export interface SaturationPorts {
  monotonicMs: () => number;
  /** Gateway processes that share the configured maximum. */
  workers: number;
}

interface WaitingCall extends Waiting {
  deadlineMs: number;
  settle(admitted: boolean): void;
}

/** Without an adaptive limit, and without a wait that was written. */
const usualWaitMs = 1_000;
const shortestWaitMs = 5;
/** With a third that an answer takes longer under load, none adds up to twice the unloaded time. */
const patience: Readonly<Record<Priority, number>> = { high: 0.4, normal: 0.3, low: 0.2 };
const lookEveryMs = 5;

export class Saturation {
  readonly #monotonicMs: () => number;
  readonly #max: number;
  readonly #gradient: GradientLimit | null;
  readonly #room: WaitingRoom<WaitingCall>;
  readonly #waitMs: number | null;
  #inFlight = 0;
  #shed = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor({ max, min, adaptive, queue }: Concurrency, { monotonicMs, workers }: SaturationPorts) {
    this.#monotonicMs = monotonicMs;
    this.#max = Math.ceil(max / workers);
    this.#gradient = adaptive ? new GradientLimit({ min: Math.ceil(min / workers), max: this.#max, now: monotonicMs() }) : null;
    this.#room = new WaitingRoom(queue.length);
    this.#waitMs = queue.wait ?? null;
  }

  get limit(): number {
    return this.#gradient?.current ?? this.#max;
  }

  get state(): { limit: number; inFlight: number; waiting: number; shed: number } {
    return { limit: this.limit, inFlight: this.#inFlight, waiting: this.#room.size, shed: this.#shed };
  }

  /** For a try beside the one that has entered. */
  get hasRoom(): boolean {
    return this.#inFlight < this.limit && this.#room.size === 0;
  }

  /** Whether the call may go; one that may has to be `released`. `onGone` calls back when nobody waits any more. */
  enter(call: Waiting, onGone: (callback: () => void) => void): boolean | Promise<boolean> {
    if (this.#inFlight < this.limit && this.#room.size === 0) {
      this.#inFlight++;
      return true;
    }
    return new Promise((resolve) => {
      const waiting: WaitingCall = { priority: call.priority, holder: call.holder, deadlineMs: this.#monotonicMs() + this.#patienceMs(call.priority), settle: resolve };
      const sentAway = this.#room.enter(waiting);
      if (sentAway) this.#sendAway(sentAway);
      if (sentAway === waiting) return;
      onGone(() => {
        if (this.#room.leave(waiting)) resolve(false);
      });
      this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
      this.#admit();
    });
  }

  /** The head of its answer came, or a time-out. */
  answered(startedAtMs: number): void {
    this.#gradient?.answered({ startedAtMs, now: this.#monotonicMs(), inFlight: this.#inFlight });
  }

  released(): void {
    this.#inFlight--;
    if (this.#room.size > 0) this.#admit();
  }

  /** A part of what an unloaded upstream needs, where that is known: whoever waits longer is better off asking again. */
  #patienceMs(priority: Priority): number {
    if (this.#waitMs !== null) return this.#waitMs;
    const unloadedMs = this.#gradient?.unloadedMs ?? 0;
    return unloadedMs === 0 ? usualWaitMs : Math.max(shortestWaitMs, Math.min(usualWaitMs, unloadedMs * patience[priority]));
  }

  #admit(): void {
    while (this.#inFlight < this.limit) {
      const next = this.#room.next();
      if (!next) return;
      this.#inFlight++;
      next.settle(true);
    }
  }

  #look(): void {
    // What has ended upstream while this process was held up makes room first (a timer comes before the sockets).
    setImmediate(() => this.#sendLateAway());
  }

  #sendLateAway(): void {
    const now = this.#monotonicMs();
    for (const waiting of this.#room.all()) if (waiting.deadlineMs <= now && this.#room.leave(waiting)) this.#sendAway(waiting);
    this.#admit();
    if (this.#room.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #sendAway(waiting: WaitingCall): void {
    this.#shed++;
    waiting.settle(false);
  }
}
