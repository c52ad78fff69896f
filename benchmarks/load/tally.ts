/** Counts answers while a job runs. */
import type { LoadResult } from "./job.ts";

export class Tally {
  answered = 0;
  failed = 0;
  failure: string | null = null;
  readonly latenciesMs: number[] = [];
  readonly chunkDelaysMs: number[] = [];
  readonly #startedAtMs = performance.now();

  count(failure: string | null): void {
    if (failure === null) {
      this.answered++;
      return;
    }
    this.failed++;
    this.failure ??= failure;
  }

  /** A job that only fails would otherwise spin until its time is over. */
  get hopeless(): boolean {
    return this.failed > 1000 && this.answered === 0;
  }

  result(): LoadResult {
    return {
      answered: this.answered,
      failed: this.failed,
      failure: this.failure,
      elapsedMs: performance.now() - this.#startedAtMs,
      latenciesMs: this.latenciesMs,
      chunkDelaysMs: this.chunkDelaysMs,
    };
  }
}
