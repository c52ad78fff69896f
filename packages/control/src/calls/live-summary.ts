/** What a watcher's calls came to since the last time it was told. */
import type { CallRecord } from "@parley/contract/call-record";

export interface LiveSummary {
  /** That were shown, and that a gateway had no room to send: of those nobody knows whether they fit the query. */
  calls: number;
  leftOut: number;
  errors: number;
  conflicts: number;
  costUsd: number;
  /** On their way in all gateways at this moment, whatever the query; null where none said so. */
  inFlight: number | null;
}

export class SummaryCount {
  #sums = nothing();

  seen(record: CallRecord): void {
    this.#sums.calls++;
    if (record.status >= 500) this.#sums.errors++;
    if (record.cause !== undefined) this.#sums.conflicts++;
    this.#sums.costUsd += record.costUsd ?? 0;
  }

  left(calls: number): void {
    this.#sums.leftOut += calls;
  }

  take(): Omit<LiveSummary, "inFlight"> {
    const sums = this.#sums;
    this.#sums = nothing();
    return sums;
  }
}

function nothing(): Omit<LiveSummary, "inFlight"> {
  return { calls: 0, leftOut: 0, errors: 0, conflicts: 0, costUsd: 0 };
}
