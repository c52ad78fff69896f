/** Counts what was to be recorded or exported and was not, and remembers when: a loss that is over is told apart from one that goes on. */

/** Unix milliseconds. */
export interface LossTimes {
  firstAt: number;
  lastAt: number;
}

export class LossCount {
  readonly #now: () => number;
  #count = 0;
  #times: LossTimes | null = null;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  add(count = 1): void {
    if (count === 0) return;
    const at = this.#now();
    this.#count += count;
    this.#times = { firstAt: this.#times?.firstAt ?? at, lastAt: at };
  }

  get count(): number {
    return this.#count;
  }

  /** As a metric's series has it. */
  get counted(): { value: number; lostAt?: LossTimes } {
    return { value: this.#count, ...(this.#times === null ? {} : { lostAt: this.#times }) };
  }
}
