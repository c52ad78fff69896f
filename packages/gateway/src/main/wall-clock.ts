/**
 * Hot path (benchmarks: http). Unix time with fractions from the monotonic clock, set right every second: the system's
 * own has only whole milliseconds, and a machine that slept or had its clock set would otherwise stay wrong.
 */
const correctEveryMs = 1000;

export class WallClock {
  #offsetMs = Date.now() - performance.now();
  #correctedAtMs = performance.now();

  readonly unixMs = (): number => {
    const now = performance.now();
    if (now - this.#correctedAtMs > correctEveryMs) this.#correct(now);
    return now + this.#offsetMs;
  };

  /** Whole milliseconds differ from the true time by up to one: only a real difference moves the clock. */
  #correct(now: number): void {
    this.#correctedAtMs = now;
    const offsetMs = Date.now() - now;
    if (Math.abs(offsetMs - this.#offsetMs) > 2) this.#offsetMs = offsetMs;
  }
}
