/** Percentiles of latency from counted buckets, for any grouping, in SQL. */
import { millisecondsOf } from "./latency-sketch.ts";

export const percentiles = { p50Ms: 0.5, p90Ms: 0.9, p95Ms: 0.95, p99Ms: 0.99 } as const;

/** Of each group of calls itself, where there may be as many groups as calls: an element of a list each, of two bytes a call. */
export function percentilesOf(bucket: string): { listed: string; columns: string } {
  const listed = `quantile_disc(${bucket}, [${Object.values(percentiles).join(", ")}]) as buckets`;
  return { listed, columns: Object.keys(percentiles).map((name, index) => `${millisecondsOf(`buckets[${index + 1}]`)} as "${name}"`).join(", ") };
}

/**
 * `counted` has a row for each group and bucket: the keys, `bucket`, `calls` and further sums. Answers a row a group,
 * with the percentiles, the calls and the sums added up.
 */
export function withPercentiles(counted: string, { keys, sums }: { keys: readonly string[]; sums: readonly string[] }): string {
  const group = keys.length > 0 ? `partition by ${keys.join(", ")}` : "";
  const columns = [...keys, ...["calls", ...sums].map((name) => `sum("${name}") as "${name}"`), ...Object.entries(percentiles).map(([name, share]) => `${millisecondsOf(`min(bucket) filter (where up_to >= ${share} * total)`)} as "${name}"`)];
  return `with counted as (${counted}),
    ranked as (select *, sum(calls) over (${group} order by bucket) as up_to, sum(calls) over (${group}) as total from counted)
    select ${columns.join(", ")} from ranked ${keys.length > 0 ? `group by ${keys.join(", ")}` : "having sum(calls) > 0"}`;
}
