/**
 * The tests that compare two arms of a release. Pure; both are one-sided and answer a p-value: how likely a difference like
 * the one seen, or a larger one, would be if the first arm were not worse than the second.
 */

/**
 * Fisher's exact test: how likely the first of two groups has at least so many hits of all that there are. Exact for any
 * counts, which approximations are not where errors are few.
 */
export function fisherGreater(first: { hits: number; of: number }, second: { hits: number; of: number }): number {
  const hits = first.hits + second.hits;
  const all = first.of + second.of;
  const most = Math.min(first.of, hits);
  const whole = logChoose(all, hits);
  let sum = 0;
  for (let count = first.hits; count <= most; count++) {
    if (hits - count > second.of) continue;
    const term = Math.exp(logChoose(first.of, count) + logChoose(second.of, hits - count) - whole);
    sum += term;
    // Past the peak the terms fall faster than any power; the rest is nothing.
    if (count > (hits * first.of) / Math.max(1, all) && term < 1e-12 * sum) break;
  }
  return Math.min(1, sum);
}

/**
 * Mann-Whitney U test with the normal approximation, corrected for ties and continuity: whether values of the first tend
 * to be larger than those of the second. It asks for no shape of the distribution, which latencies do not have. 1 where
 * there are too few values for the approximation.
 */
export function mannWhitneyGreater(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first.length, second.length];
  if (n < fewest || m < fewest) return 1;
  const values = [...first.map((value) => ({ value, own: true })), ...second.map((value) => ({ value, own: false }))].toSorted((one, other) => one.value - other.value);
  let rankSum = 0;
  let ties = 0;
  for (let start = 0; start < values.length; ) {
    let end = start;
    while (end < values.length && values[end]?.value === values[start]?.value) end++;
    const rank = (start + end + 1) / 2;
    for (let index = start; index < end; index++) if (values[index]?.own) rankSum += rank;
    const tied = end - start;
    ties += tied ** 3 - tied;
    start = end;
  }
  const larger = rankSum - (n * (n + 1)) / 2;
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  return upperTail((larger - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

const fewest = 20;

/** Of the standard normal distribution; within 1.2e-7 relative of the complementary error function (a Chebyshev fit). */
function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const erfc = t * Math.exp(-x * x + fit.reduceRight((sum, coefficient) => sum * t + coefficient, 0));
  return z >= 0 ? erfc / 2 : 1 - erfc / 2;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Exact sums for small numbers, Stirling's series (better than 1e-12 from there) for the others. */
function logFactorial(n: number): number {
  if (n < 32) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor++) sum += Math.log(factor);
    return sum;
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
}
