/**
 * Hot path (benchmark: guard). Waits so long and no longer. All who wait here wait equally long, so that one timer is enough for them: it is for the
 * one who came first, and whoever has been answered meanwhile is passed over.
 */
interface Waiting {
  untilMs: number;
  /** Null once it is over. */
  giveUp: (() => void) | null;
}

export class Patience {
  readonly #forMs: number;
  readonly #monotonicMs: () => number;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(forMs: number, monotonicMs: () => number) {
    this.#forMs = forMs;
    this.#monotonicMs = monotonicMs;
  }

  /** Null where it took too long. */
  within<Value>(promised: Promise<Value>): Promise<Value | null> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { untilMs: this.#monotonicMs() + this.#forMs, giveUp: () => resolve(null) };
      this.#waiting.push(waiting);
      if (this.#timer === null) this.#timer = setTimeout(this.#look, this.#forMs);
      promised.then(
        (value) => {
          waiting.giveUp = null;
          resolve(value);
        },
        (error: unknown) => {
          waiting.giveUp = null;
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  #look = (): void => {
    const now = this.#monotonicMs();
    let over = 0;
    for (const waiting of this.#waiting) {
      if (waiting.giveUp !== null && waiting.untilMs > now) break;
      waiting.giveUp?.();
      over += 1;
    }
    this.#waiting.splice(0, over);
    const [first] = this.#waiting;
    this.#timer = first === undefined ? null : setTimeout(this.#look, Math.max(1, first.untilMs - now));
  };
}
