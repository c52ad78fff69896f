/**
 * Hot path (benchmarks: http). The times of a record as clocks give them, to the microsecond. The digits beyond are noise,
 * and are an eighth of a record's line and a sixth of what writing it costs.
 */
import type { CallRecord } from "@parley/contract/call-record";

/** In place: the call is over, and nobody adds to its record any more. */
export function roundTimes(record: CallRecord): void {
  const { upstreamMs, firstByteMs, steps, attemptLog } = record;
  record.at = toMicroseconds(record.at);
  record.durationMs = toMicroseconds(record.durationMs);
  if (upstreamMs !== undefined) record.upstreamMs = toMicroseconds(upstreamMs);
  if (firstByteMs !== undefined) record.firstByteMs = toMicroseconds(firstByteMs);
  if (steps !== undefined) for (const step of steps) [step[1], step[2]] = [toMicroseconds(step[1]), toMicroseconds(step[2])];
  if (attemptLog !== undefined) for (const attempt of attemptLog) [attempt.startMs, attempt.durationMs] = [toMicroseconds(attempt.startMs), toMicroseconds(attempt.durationMs)];
}

function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
