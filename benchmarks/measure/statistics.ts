/** Median, spread and percentiles; all take unsorted numbers and give NaN for none. */

export interface Summary {
  median: number;
  lowest: number;
  highest: number;
}

export function summary(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: percentile(sorted, 50), lowest: sorted[0] ?? Number.NaN, highest: sorted.at(-1) ?? Number.NaN };
}

/** Nearest rank with the middle pair averaged for the median; `sorted` ascends. */
export function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) return Number.NaN;
  if (percent === 50 && sorted.length % 2 === 0) {
    const upper = sorted.length / 2;
    return (sorted[upper - 1]! + sorted[upper]!) / 2;
  }
  // Less a little, because 99.9 % of 1000 is 999.0000000000001 in floating point.
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100 - 1e-9) - 1)]!;
}

/** The ratios of two series taken in the same rounds. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  return numerators.slice(0, denominators.length).map((value, round) => value / denominators[round]!);
}
