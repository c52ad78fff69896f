/** How long a collector that cannot take anything now is left alone: as long as it asks for, and else longer each time. */

const firstMs = 2_000;
const longestMs = 30_000;
/** What it asks for is believed from here to there: one that asks for nothing, or for a time that is over by this clock, is not asked without a pause. */
const [leastAskedMs, mostAskedMs] = [1_000, 300_000];

export class RetryPause {
  readonly #monotonicMs: () => number;
  #untilMs = -Infinity;
  #nextMs = firstMs;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  get isOver(): boolean {
    return this.#monotonicMs() >= this.#untilMs;
  }

  /** `askedMs` is null where it did not say. */
  begin(askedMs: number | null): void {
    this.#untilMs = this.#monotonicMs() + (askedMs === null ? this.#nextMs : Math.min(Math.max(askedMs, leastAskedMs), mostAskedMs));
    this.#nextMs = Math.min(longestMs, this.#nextMs * 2);
  }

  end(): void {
    this.#untilMs = -Infinity;
    this.#nextMs = firstMs;
  }
}
