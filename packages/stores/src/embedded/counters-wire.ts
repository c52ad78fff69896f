/**
 * What workers and the server of the counters say to each other: newline-delimited JSON, one array of operations or of
 * results a line, so that all calls of one turn of the event loop travel together. Both ends are of the same release.
 */
import type { RateCheck, RateVerdict } from "../ports/counters.ts";

export type CountersOperation =
  | [kind: "admit", id: number, checks: readonly RateCheck[]]
  | [kind: "refund", checks: readonly RateCheck[]]
  | [kind: "acquire", id: number, key: string, limit: number]
  | [kind: "release", key: string]
  | [kind: "note", key: string, text: string, ttlMs: number]
  | [kind: "noted", id: number, keys: readonly string[]]
  /** After a reconnection: so many are held by this worker. */
  | [kind: "held", key: string, count: number];

export type CountersResult = [id: number, result: readonly RateVerdict[] | readonly (string | null)[] | boolean];

export const maxCountersLineBytes = 64 * 1024 * 1024;

/** JSON knows no Infinity. */
export function encodeResults(results: readonly CountersResult[]): string {
  return `${JSON.stringify(results)}\n`;
}

export function decodeVerdicts(verdicts: readonly RateVerdict[]): readonly RateVerdict[] {
  return verdicts.map((verdict) => ({ ...verdict, retryAfterMs: verdict.retryAfterMs ?? Infinity }));
}
