/** What became of spans, metrics (their data points) and log records that were to be exported. */
import type { MetricFamily } from "@parley/contract/channel";
import { LossCount } from "@parley/contract/loss-count";

export const signals = ["spans", "metrics", "logs"] as const;
export type Signal = (typeof signals)[number];

/**
 * `full`: more than waits for a collector; `unavailable`: it did not take them in time; `refused`: it said that it never will, of all or of some;
 * `unsupported`: it has no such signal; `switched-off`: they waited when exporting ended.
 */
export const dropReasons = ["full", "unavailable", "refused", "unsupported", "switched-off"] as const;
export type DropReason = (typeof dropReasons)[number];

type Drops = Record<DropReason, LossCount>;

export class OtlpTally {
  readonly #exported: Record<Signal, number> = { spans: 0, metrics: 0, logs: 0 };
  readonly #dropped: Record<Signal, Drops>;

  /** `now` in Unix milliseconds. */
  constructor(now: () => number) {
    this.#dropped = { spans: noDrops(now), metrics: noDrops(now), logs: noDrops(now) };
  }

  exported(signal: Signal, count: number): void {
    this.#exported[signal] += count;
  }

  dropped(signal: Signal, reason: DropReason, count: number): void {
    this.#dropped[signal][reason].add(count);
  }

  families(labels: Record<string, string>): MetricFamily[] {
    const dropped = signals.flatMap((signal) => dropReasons.map((reason) => ({ labels: { signal, reason, ...labels }, ...this.#dropped[signal][reason].counted })));
    return [
      { name: "parley_otlp_exported_total", help: "Spans, data points of metrics and log records that the OTLP collector took.", type: "counter", series: signals.map((signal) => ({ labels: { signal, ...labels }, value: this.#exported[signal] })) },
      { name: "parley_otlp_dropped_total", help: "Spans, data points of metrics and log records that were to be exported and were not, by reason.", type: "counter", series: dropped },
    ];
  }
}

function noDrops(now: () => number): Drops {
  const none = (): LossCount => new LossCount(now);
  return { full: none(), unavailable: none(), refused: none(), unsupported: none(), "switched-off": none() };
}
