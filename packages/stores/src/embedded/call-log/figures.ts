/** Rows of sums and percentiles as figures. */
import type { Figures } from "../../ports/call-figures.ts";
import { latencyBucket } from "./columns.ts";

/** Sums besides the calls, in rollups and in what is counted from calls alike. */
export const figureSums = ["errors", "refused", "conflicts", "durationMs", "requestBytes", "responseBytes", "inputTokens", "outputTokens", "costUsd"] as const;

/** Counted from calls. */
export const countsOfCalls = `count(*) as calls, count(*) filter (status >= 500) as errors, count(*) filter (status between 400 and 499) as refused, count(cause) as conflicts,
  sum("durationMs") as "durationMs", sum("requestBytes") as "requestBytes", sum("responseBytes") as "responseBytes", sum(coalesce("inputTokens", 0)) as "inputTokens", sum(coalesce("outputTokens", 0)) as "outputTokens", sum(coalesce("costUsd", 0)) as "costUsd"`;

/** For each bucket of latency. */
export const countedFromCalls = `${latencyBucket} as bucket, ${countsOfCalls}`;

/** The same from rollups. */
export const countedFromRollups = `bucket, sum(calls) as calls, sum(case when status >= 500 then calls else 0 end) as errors, sum(case when status between 400 and 499 then calls else 0 end) as refused, sum(case when cause is not null then calls else 0 end) as conflicts,
  sum("durationMs") as "durationMs", sum("requestBytes") as "requestBytes", sum("responseBytes") as "responseBytes", sum("inputTokens") as "inputTokens", sum("outputTokens") as "outputTokens", sum("costUsd") as "costUsd"`;

export function figuresOf(row: Record<string, unknown> | undefined): Figures {
  const sum = (name: string): number => Number(row?.[name] ?? 0);
  const known = (name: string): number | null => (typeof row?.[name] === "number" ? row[name] : null);
  const calls = sum("calls");
  return {
    calls, errors: sum("errors"), refused: sum("refused"), conflicts: sum("conflicts"), requestBytes: sum("requestBytes"), responseBytes: sum("responseBytes"),
    inputTokens: sum("inputTokens"), outputTokens: sum("outputTokens"), costUsd: sum("costUsd"), meanMs: calls === 0 ? null : sum("durationMs") / calls,
    p50Ms: known("p50Ms"), p90Ms: known("p90Ms"), p95Ms: known("p95Ms"), p99Ms: known("p99Ms"),
  };
}
