/** Hot path (benchmarks: http). What is counted of every call, derived from its record. */
import type { CallRecord } from "@parley/contract/call-record";
import type { MetricFamily } from "@parley/contract/channel";
import { Histogram } from "./histogram.ts";
import { LabelledCounter } from "./labelled-counter.ts";

/** Each service's histogram has 18 lines in the exposition. */
const maxHistograms = 1_000;
/** Models are named by callers where no alias is configured, so their number is not ours to choose. */
const unroutedService = "none";

export class CallMetrics {
  #calls = new LabelledCounter("parley_calls_total", "Calls that ended, refused ones included.", ["service", "status", "kind"]);
  #tries = new LabelledCounter("parley_upstream_tries_total", "Requests sent to upstreams, repetitions included.", ["service", "outcome"]);
  #limited = new LabelledCounter("parley_rate_limited_total", "Calls refused by a limit.", ["service", "limit"]);
  #tokens = new LabelledCounter("parley_ai_tokens_total", "Tokens as reported by AI providers.", ["provider", "model", "direction"]);
  #operations = new LabelledCounter("parley_operation_calls_total", "Calls of operations of OpenAPI documents.", ["service", "operation", "status"]);
  #violations = new LabelledCounter("parley_document_violations_total", "Places of requests and answers that were not as the OpenAPI document says.", ["service", "operation"]);
  #cut = new LabelledCounter("parley_calls_cut_total", "Calls that ended before their answer was complete.", ["service", "by"]);
  #durations = new Map<string, Histogram>();
  #upstreamDurations = new Map<string, Histogram>();
  /** The same few statuses over and over: no number is turned into text twice. */
  #statusTexts = new Map<number, string>();

  ended(record: CallRecord): void {
    const service = record.service === "" ? unroutedService : record.service;
    this.#calls.add(1, service, this.#statusText(record.status), record.kind);
    histogramOf(this.#durations, service).observe(record.durationMs / 1000, record);
    if (record.upstreamMs !== undefined) histogramOf(this.#upstreamDurations, service).observe(record.upstreamMs / 1000);
    if (record.operation !== undefined) this.#operations.add(1, service, record.operation, this.#statusText(record.status));
    if (record.violations !== undefined) this.#violations.add(record.violations, service, record.operation ?? "");
    if (record.cutBy !== undefined) this.#cut.add(1, service, record.cutBy);
    if (record.provider !== undefined) this.#addTokens(record, record.provider);
  }

  tried(service: string, outcome: string): void {
    this.#tries.add(1, service, outcome);
  }

  rateLimited(service: string, limit: string): void {
    this.#limited.add(1, service, limit);
  }

  families(labels: Record<string, string>): MetricFamily[] {
    return [
      this.#calls.family(labels),
      histogramFamily({ name: "parley_call_duration_seconds", help: "From the request's header section to the end of the answer." }, this.#durations, labels),
      this.#tries.family(labels),
      histogramFamily({ name: "parley_upstream_duration_seconds", help: "From sending to an upstream to its header section." }, this.#upstreamDurations, labels),
      this.#limited.family(labels),
      this.#cut.family(labels),
      this.#operations.family(labels),
      this.#violations.family(labels),
      this.#tokens.family(labels),
    ];
  }

  #addTokens(record: CallRecord, provider: string): void {
    const model = record.model ?? "";
    if (record.inputTokens) this.#tokens.add(record.inputTokens, provider, model, "input");
    if (record.outputTokens) this.#tokens.add(record.outputTokens, provider, model, "output");
  }

  #statusText(status: number): string {
    let text = this.#statusTexts.get(status);
    if (text === undefined) this.#statusTexts.set(status, (text = String(status)));
    return text;
  }
}

function histogramOf(histograms: Map<string, Histogram>, service: string): Histogram {
  let histogram = histograms.get(service);
  if (histogram) return histogram;
  const name = histograms.size >= maxHistograms ? "other" : service;
  histogram = histograms.get(name) ?? new Histogram();
  histograms.set(name, histogram);
  return histogram;
}

function histogramFamily(family: { name: string; help: string }, histograms: Map<string, Histogram>, labels: Record<string, string>): MetricFamily {
  return { ...family, type: "histogram", series: [...histograms].map(([service, histogram]) => ({ labels: { service, ...labels }, ...histogram.series() })) };
}
