/**
 * Latencies counted in buckets whose bounds grow by a constant factor (DDSketch, https://arxiv.org/abs/1908.10693): sketches are
 * merged by adding counts, and a percentile read from them is within `relativeError` of the true one. A bucket is
 * a number, so that the database counts them as it counts anything else. Sketched are 0.001 ms to some 11 days.
 */
export const relativeError = 0.02;

const growth = (1 + relativeError) / (1 - relativeError);
const leastMs = 0.001;
const mostMs = 1e9;

/** The bucket of a duration, as an SQL expression. */
export function bucketOf(durationMs: string): string {
  return `cast(ceil(ln(least(greatest(${durationMs}, ${leastMs}), ${mostMs})) * ${1 / Math.log(growth)}) as SMALLINT)`;
}

/** What a bucket stands for, in milliseconds, as an SQL expression: at most `relativeError` from everything in it. */
export function millisecondsOf(bucket: string): string {
  return `(${2 / (growth + 1)} * pow(${growth}, ${bucket}))`;
}

/** The upper bound of a bucket, in milliseconds. */
export function boundMs(bucket: number): number {
  return growth ** bucket;
}
