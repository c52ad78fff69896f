/**
 * Hot path (benchmarks: http). What becomes of a call's record once the call has ended: the spool, the metrics, and
 * whoever watches live. Hides files and formats; may import the contract only.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { MetricFamily } from "@parley/contract/channel";
import { CallMetrics, type Counted } from "./call-metrics.ts";
import type { LiveCalls } from "./live-calls.ts";
import { ProcessMetrics, single } from "./process-metrics.ts";
import { roundTimes } from "./record-times.ts";
import type { Spool } from "./spool.ts";

export interface TelemetryParts {
  worker: number;
  spool: Spool<CallRecord>;
  live: LiveCalls;
  inFlight: () => number;
}

export class Telemetry {
  readonly calls = new CallMetrics();
  #process = new ProcessMetrics();
  #parts: TelemetryParts;

  constructor(parts: TelemetryParts) {
    this.#parts = parts;
  }

  ended(record: CallRecord, route?: Counted | null): void {
    roundTimes(record);
    this.calls.ended(record, route);
    this.#parts.live.ended(record);
    this.#parts.spool.append(record);
  }

  families(): MetricFamily[] {
    const { worker, inFlight } = this.#parts;
    const labels = { worker: String(worker) };
    return [
      ...this.calls.families(labels),
      single("gauge", "parley_calls_in_flight", "Calls that have begun and not ended.", { labels, value: inFlight() }),
      ...this.#process.families(labels),
    ];
  }

  /** Records that are lost. */
  dropped(): MetricFamily {
    const { worker, spool } = this.#parts;
    return single("counter", "parley_call_records_dropped_total", "Call records that the spool could not take.", { labels: { worker: String(worker) }, ...spool.dropped.counted });
  }

  async close(): Promise<void> {
    this.#process.close();
    await this.#parts.spool.close();
  }
}
