/**
 * Sends spans, log records and metrics over OTLP/HTTP in JSON. Calls never wait for it: what they leave goes into bounded
 * queues, batches leave in the background, and what a collector does not take in time is dropped and counted. Hides
 * encoding and batching; may import the contract.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { MetricFamily } from "@parley/contract/channel";
import type { Telemetry } from "@parley/contract/config/telemetry";
import { resourceOf, scope } from "./otlp-json.ts";
import { isProblem, type LogRecord, logOf } from "./log-of-record.ts";
import { OtlpMetrics } from "./otlp-metrics.ts";
import { OtlpQueue, type Outcome, reasonOf } from "./otlp-queue.ts";
import { OtlpTally } from "./otlp-tally.ts";
import { type Span, spansOf } from "./spans-of-record.ts";

export interface OtlpPorts {
  worker: number;
  /** What applications call it by. */
  scheme: "http" | "https";
  fetch: typeof fetch;
  /** Unix milliseconds. */
  now(): number;
  warn(message: string, details: Record<string, unknown>): void;
}

/** What the caller's traceparent said. */
export interface CallerTrace {
  parentSpanId: string;
  isSampled: boolean;
}

const spansEveryMs = 2_000;
const metricsEveryMs = 15_000;
const sendWithinMs = 10_000;
const passing = new Set([429, 502, 503, 504]);

type Otlp = NonNullable<Telemetry["otlp"]>;

export class OtlpExporter {
  readonly #ports: OtlpPorts;
  #settings: Otlp | null = null;
  #metrics: OtlpMetrics;
  readonly #tally = new OtlpTally();
  readonly #spans = new OtlpQueue<Span>({
    send: (spans) => this.#post("/v1/traces", (settings) => ({ resourceSpans: [{ resource: this.#resource(settings), scopeSpans: [{ scope, spans }] }] })),
    exported: (count) => this.#tally.exported("spans", count), dropped: (reason, count) => this.#tally.dropped("spans", reason, count),
  });
  readonly #logs = new OtlpQueue<LogRecord>({
    send: (logRecords) => this.#sendLogs(logRecords), exported: (count) => this.#tally.exported("logs", count), dropped: (reason, count) => this.#tally.dropped("logs", reason, count),
  });
  /** A collector that knows no logs is asked once. */
  #takesLogs = true;
  #timers: NodeJS.Timeout[] = [];
  #failing = false;

  constructor(ports: OtlpPorts) {
    this.#ports = ports;
    this.#metrics = new OtlpMetrics(ports.now(), ports.scheme);
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
    this.#takesLogs = true;
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
    if (this.#takesLogs && (settings.logs === "all" || (settings.logs === "problems" && isProblem(record)))) this.#logs.push([logOf(record, { isSampled, observedAt: this.#ports.now(), scheme: this.#ports.scheme })]);
    if (isSampled) this.#spans.push(spansOf(record, { parentSpanId: caller?.parentSpanId ?? null, scheme: this.#ports.scheme }));
  }

  /** Resolves when all is sent or the collector does not take it. */
  async flush(): Promise<void> {
    if (this.#settings) await Promise.all([this.#spans.flush(), this.#logs.flush()]);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    if (!this.#settings) return;
    await this.flush();
    await this.#sendMetrics();
  }

  async #sendLogs(logRecords: readonly LogRecord[]): Promise<Outcome> {
    const outcome = await this.#post("/v1/logs", (settings) => ({ resourceLogs: [{ resource: this.#resource(settings), scopeLogs: [{ scope, logRecords }] }] }));
    if (outcome === "unknown") {
      this.#takesLogs = false;
      this.#logs.clear("unsupported");
    }
    return outcome;
  }

  #resource({ service }: Otlp): object {
    return resourceOf(service, this.#ports.worker);
  }

  async #sendMetrics(): Promise<void> {
    if (!this.#settings) return;
    const metrics = this.#metrics.metrics(this.#ports.now());
    if (metrics.length === 0) return;
    const outcome = await this.#post("/v1/metrics", (settings) => ({ resourceMetrics: [{ resource: this.#resource(settings), scopeMetrics: [{ scope, metrics }] }] }));
    if (outcome === "taken") this.#tally.exported("metrics", metrics.length);
    else this.#tally.dropped("metrics", reasonOf[outcome], metrics.length);
  }

  async #post(path: string, body: (settings: Otlp) => object): Promise<Outcome> {
    const settings = this.#settings;
    if (!settings) return "refused";
    try {
      const answer = await this.#ports.fetch(settings.endpoint.replace(/\/+$/, "") + path, {
        method: "POST", headers: { ...settings.headers, "content-type": "application/json" }, body: JSON.stringify(body(settings)), signal: AbortSignal.timeout(sendWithinMs), redirect: "error",
      });
      await answer.body?.cancel();
      if (answer.ok) {
        this.#failing = false;
        return "taken";
      }
      this.#complain(`it answered ${answer.status} to ${path}`);
      if (answer.status === 404 || answer.status === 405 || answer.status === 501) return "unknown";
      return passing.has(answer.status) ? "later" : "refused";
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
      return "later";
    }
  }

  /** Once until it works again. */
  #complain(reason: string): void {
    if (!this.#failing) this.#ports.warn("the OTLP collector does not take what is sent", { endpoint: this.#settings?.endpoint ?? "", reason });
    this.#failing = true;
  }
}

/** By the trace's id, so that all who see the trace choose alike. */
function isChosen(traceId: string, share: number): boolean {
  if (share >= 1) return true;
  return Number.parseInt(traceId.slice(-8) || "0", 16) / 2 ** 32 < share;
}
