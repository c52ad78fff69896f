/** Hot path (benchmarks: http). A histogram with fixed bounds; counting is one search and one addition. */
const boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

export interface HistogramSeries {
  buckets: [upperBound: number | "+Inf", count: number][];
  sum: number;
  count: number;
}

export class Histogram {
  #counts = new Float64Array(boundsSeconds.length + 1);
  #sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < boundsSeconds.length && seconds > (boundsSeconds[bucket] as number)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += seconds;
  }

  /** Cumulative, as Prometheus has them. */
  series(): HistogramSeries {
    let count = 0;
    const buckets = Array.from(this.#counts, (inBucket, index): [number | "+Inf", number] => {
      count += inBucket;
      return [boundsSeconds[index] ?? "+Inf", count];
    });
    return { buckets, sum: this.#sum, count };
  }
}
