// Hot path: once for each attempt at a target of an alias that asks for the fastest.
/**
 * How soon a target answers: a moving average of the time to the first content of streams, and one of whole answers, since
 * the two cannot be compared. What was measured grows old, so that a target that was slow once is tried again.
 */

export type AnswerKind = "stream" | "whole";

/** How much a new figure counts. */
const newShare = 0.3;
/** A failure counts as an answer that took so long. */
const failureMs = 10_000;
const oldAfterMs = 60_000;

interface Average {
  milliseconds: number;
  at: number;
}

export class TargetSpeed {
  readonly #now: () => number;
  readonly #averages: Record<AnswerKind, Average | null> = { stream: null, whole: null };

  constructor(now: () => number) {
    this.#now = now;
  }

  measured(milliseconds: number, kind: AnswerKind): void {
    const known = this.#averages[kind];
    this.#averages[kind] = { milliseconds: known ? known.milliseconds + newShare * (milliseconds - known.milliseconds) : milliseconds, at: this.#now() };
  }

  failed(): void {
    this.measured(failureMs, "stream");
    this.measured(failureMs, "whole");
  }

  /** In milliseconds; 0 where nothing is known, or nothing new, so that it is found out. */
  expected(kind: AnswerKind): number {
    const known = this.#averages[kind];
    return known && this.#now() - known.at < oldAfterMs ? known.milliseconds : 0;
  }
}
