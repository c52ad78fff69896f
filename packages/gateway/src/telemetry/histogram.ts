/** Hot path (benchmarks: http). A histogram with fixed bounds; counting is one search and one addition. */
import type { Exemplar } from "@parley/contract/channel";

const boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

export interface HistogramSeries {
  buckets: [upperBound: number | "+Inf", count: number][];
  sum: number;
  count: number;
  exemplars: (Exemplar | null)[];
}

export class Histogram {
  #counts = new Float64Array(boundsSeconds.length + 1);
  #sum = 0;
  /** The latest of each bucket: its trace, what it was and when. */
  #traces = Array.from<string | undefined>({ length: boundsSeconds.length + 1 });
  #values = new Float64Array(boundsSeconds.length + 1);
  #moments = new Float64Array(boundsSeconds.length + 1);

  observe(seconds: number, exemplar?: { traceId?: string; at: number }): void {
    let bucket = 0;
    while (bucket < boundsSeconds.length && seconds > (boundsSeconds[bucket] as number)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += seconds;
    if (exemplar?.traceId === undefined) return;
    this.#traces[bucket] = exemplar.traceId;
    this.#values[bucket] = seconds;
    this.#moments[bucket] = exemplar.at;
  }

  /** Cumulative, as Prometheus has them. */
  series(): HistogramSeries {
    let count = 0;
    const buckets = Array.from(this.#counts, (inBucket, index): [number | "+Inf", number] => {
      count += inBucket;
      return [boundsSeconds[index] ?? "+Inf", count];
    });
    const exemplars = this.#traces.map((traceId, index) => (traceId === undefined ? null : { traceId, value: this.#values[index] as number, at: this.#moments[index] as number }));
    return { buckets, sum: this.#sum, count, exemplars };
  }
}
