/** What became of spans, metrics and log records that were to be exported. */
import type { MetricFamily } from "@parley/contract/channel";

export const signals = ["spans", "metrics", "logs"] as const;
export type Signal = (typeof signals)[number];

/**
 * `full`: more than waits for a collector; `unavailable`: it did not take them in time; `refused`: it said that it never will;
 * `unsupported`: it has no such signal; `switched-off`: they waited when exporting ended.
 */
export const dropReasons = ["full", "unavailable", "refused", "unsupported", "switched-off"] as const;
export type DropReason = (typeof dropReasons)[number];

type Drops = Record<DropReason, number>;

export class OtlpTally {
  readonly #exported: Record<Signal, number> = { spans: 0, metrics: 0, logs: 0 };
  readonly #dropped: Record<Signal, Drops> = { spans: noDrops(), metrics: noDrops(), logs: noDrops() };

  exported(signal: Signal, count: number): void {
    this.#exported[signal] += count;
  }

  dropped(signal: Signal, reason: DropReason, count: number): void {
    this.#dropped[signal][reason] += count;
  }

  families(labels: Record<string, string>): MetricFamily[] {
    const dropped = signals.flatMap((signal) => dropReasons.map((reason) => ({ labels: { signal, reason, ...labels }, value: this.#dropped[signal][reason] })));
    return [
      { name: "parley_otlp_exported_total", help: "Spans, metrics and log records that the OTLP collector took.", type: "counter", series: signals.map((signal) => ({ labels: { signal, ...labels }, value: this.#exported[signal] })) },
      { name: "parley_otlp_dropped_total", help: "Spans, metrics and log records that were to be exported and were not, by reason.", type: "counter", series: dropped },
    ];
  }
}

function noDrops(): Drops {
  return { full: 0, unavailable: 0, refused: 0, unsupported: 0, "switched-off": 0 };
}
