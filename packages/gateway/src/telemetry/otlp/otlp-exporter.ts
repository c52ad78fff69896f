/**
 * Sends spans, log records and metrics over OTLP/HTTP in JSON. Calls never wait for it: what they leave goes into bounded
 * queues, batches leave in the background, and what a collector does not take in time is dropped and counted. Hides
 * encoding and batching; may import the contract.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { MetricFamily } from "@parley/contract/channel";
import type { Telemetry } from "@parley/contract/config/telemetry";
import { Collector, type CollectorPorts, type Otlp, type Outcome, type SignalPath } from "./collector.ts";
import { resourceOf, scope } from "./otlp-json.ts";
import { isProblem, type LogRecord, logOf } from "./log-of-record.ts";
import { OtlpMetrics } from "./otlp-metrics.ts";
import { OtlpQueue, reasonOf } from "./otlp-queue.ts";
import { OtlpTally, type Signal } from "./otlp-tally.ts";
import { RetryPause } from "./retry-pause.ts";
import { type Span, spansOf } from "./spans-of-record.ts";

export interface OtlpPorts extends CollectorPorts {
  worker: number;
  /** What applications call it by. */
  scheme: "http" | "https";
  monotonicMs(): number;
  /** For all that is sent at the end. */
  lastSendingMs?: number;
}

/** What the caller's traceparent said. */
export interface CallerTrace {
  parentSpanId: string;
  isSampled: boolean;
}

const spansEveryMs = 2_000;
const metricsEveryMs = 15_000;
/** A process that is to end is killed some time after. */
const defaultLastSendingMs = 3_000;

export class OtlpExporter {
  readonly #ports: OtlpPorts;
  readonly #collector: Collector;
  readonly #tally: OtlpTally;
  readonly #metrics: OtlpMetrics;
  readonly #spans: OtlpQueue<Span>;
  readonly #logs: OtlpQueue<LogRecord>;
  readonly #metricsPause: RetryPause;
  #settings: Otlp | null = null;
  /** A collector that does not know a signal is asked once. */
  #takes = { logs: true, metrics: true };
  #timers: NodeJS.Timeout[] = [];

  constructor(ports: OtlpPorts) {
    this.#ports = ports;
    this.#collector = new Collector(ports);
    this.#tally = new OtlpTally(() => ports.now());
    this.#metrics = new OtlpMetrics(ports.now(), ports.scheme);
    this.#metricsPause = new RetryPause(() => ports.monotonicMs());
    this.#spans = this.#queueOf("spans", (spans) => this.#post("/v1/traces", (resource) => ({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] })));
    this.#logs = this.#queueOf("logs", (logRecords) => this.#sendLogs(logRecords));
  }

  families(labels: Record<string, string>): MetricFamily[] {
    return this.#tally.families(labels);
  }

  get isOn(): boolean {
    return this.#settings !== null;
  }

  configure(settings: Telemetry | null): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#settings = settings?.otlp ?? null;
    this.#takes = { logs: true, metrics: true };
    this.#endPauses();
    if (!this.#settings) {
      this.#spans.clear("switched-off");
      this.#logs.clear("switched-off");
      return;
    }
    this.#timers = [setInterval(() => void this.flush(), spansEveryMs).unref(), setInterval(() => void this.#sendMetrics(), metricsEveryMs).unref()];
  }

  ended(record: CallRecord, caller: CallerTrace | null): void {
    const settings = this.#settings;
    if (!settings) return;
    this.#metrics.ended(record);
    const isSampled = caller ? caller.isSampled : isChosen(record.traceId ?? "", settings.sample);
    if (this.#takes.logs && (settings.logs === "all" || (settings.logs === "problems" && isProblem(record)))) this.#logs.push([logOf(record, { isSampled, observedAt: this.#ports.now(), scheme: this.#ports.scheme })]);
    if (isSampled) this.#spans.push(spansOf(record, { parentSpanId: caller?.parentSpanId ?? null, scheme: this.#ports.scheme }));
  }

  /** Resolves when all is sent, or the collector does not take it or wants to be left alone. */
  async flush(): Promise<void> {
    if (this.#settings) await Promise.all([this.#spans.flush(), this.#logs.flush()]);
  }

  /** A collector that wants to be left alone is asked once more, and one that does not answer is not waited for. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    if (!this.#settings) return;
    const late = setTimeout(() => this.#collector.abandon(), this.#ports.lastSendingMs ?? defaultLastSendingMs);
    this.#endPauses();
    await this.flush();
    await this.#sendMetrics();
    clearTimeout(late);
  }

  #endPauses(): void {
    this.#spans.endPause();
    this.#logs.endPause();
    this.#metricsPause.end();
  }

  #queueOf<Item>(signal: Signal, send: (batch: readonly Item[]) => Promise<Outcome>): OtlpQueue<Item> {
    return new OtlpQueue<Item>({
      send, monotonicMs: () => this.#ports.monotonicMs(),
      exported: (count) => this.#tally.exported(signal, count), dropped: (reason, count) => this.#tally.dropped(signal, reason, count),
    });
  }

  async #sendLogs(logRecords: readonly LogRecord[]): Promise<Outcome> {
    const asked = this.#settings;
    const outcome = await this.#post("/v1/logs", (resource) => ({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }));
    // Another collector may have taken its place meanwhile.
    if (outcome.kind === "unknown" && asked === this.#settings) {
      this.#takes.logs = false;
      this.#logs.clear("unsupported");
    }
    return outcome;
  }

  /** Each sending has all that was counted since the start, so that nothing is missing after one that failed. */
  async #sendMetrics(): Promise<void> {
    if (!this.#settings || !this.#takes.metrics || !this.#metricsPause.isOver) return;
    const asked = this.#settings;
    const metrics = this.#metrics.metrics(this.#ports.now());
    const { points } = this.#metrics;
    if (points === 0) return;
    const outcome = await this.#post("/v1/metrics", (resource) => ({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] }));
    if (outcome.kind === "unknown" && asked === this.#settings) this.#takes.metrics = false;
    if (outcome.kind === "later") this.#metricsPause.begin(outcome.afterMs);
    else this.#metricsPause.end();
    const rejected = outcome.kind === "taken" ? Math.min(outcome.rejected, points) : points;
    this.#tally.exported("metrics", points - rejected);
    this.#tally.dropped("metrics", outcome.kind === "taken" ? "refused" : reasonOf[outcome.kind], rejected);
  }

  async #post(path: SignalPath, body: (resource: object) => object): Promise<Outcome> {
    const settings = this.#settings;
    return settings ? this.#collector.send(path, body(resourceOf(settings.service, this.#ports.worker)), settings) : { kind: "refused" };
  }
}

/** By the trace's id, so that all who see the trace choose alike. */
function isChosen(traceId: string, share: number): boolean {
  if (share >= 1) return true;
  return Number.parseInt(traceId.slice(-8) || "0", 16) / 2 ** 32 < share;
}
