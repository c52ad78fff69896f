/**
 * Sends spans and metrics over OTLP/HTTP in JSON. Calls never wait for it: spans go into a bounded queue, batches leave in
 * the background, and what a collector does not take in time is dropped and counted. Hides encoding and batching; may
 * import the contract.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { Telemetry } from "@parley/contract/config/telemetry";
import { resourceOf, scope } from "./otlp-json.ts";
import { OtlpMetrics } from "./otlp-metrics.ts";
import { type Span, spansOf } from "./spans-of-record.ts";

export interface OtlpPorts {
  worker: number;
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

const maxQueued = 4096;
const batchSpans = 512;
const spansEveryMs = 2_000;
const metricsEveryMs = 15_000;
const sendWithinMs = 10_000;
const passing = new Set([429, 502, 503, 504]);

type Otlp = NonNullable<Telemetry["otlp"]>;

export class OtlpExporter {
  readonly #ports: OtlpPorts;
  #settings: Otlp | null = null;
  #metrics: OtlpMetrics;
  #queue: Span[] = [];
  #sending: Promise<void> | null = null;
  #timers: NodeJS.Timeout[] = [];
  #failing = false;
  /** Spans that no collector took. */
  dropped = 0;

  constructor(ports: OtlpPorts) {
    this.#ports = ports;
    this.#metrics = new OtlpMetrics(ports.now());
  }

  get isOn(): boolean {
    return this.#settings !== null;
  }

  configure(settings: Telemetry | null): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#settings = settings?.otlp ?? null;
    if (!this.#settings) {
      this.#queue = [];
      return;
    }
    this.#timers = [setInterval(() => void this.flushSpans(), spansEveryMs).unref(), setInterval(() => void this.#sendMetrics(), metricsEveryMs).unref()];
  }

  ended(record: CallRecord, caller: CallerTrace | null): void {
    const settings = this.#settings;
    if (!settings) return;
    this.#metrics.ended(record);
    if (!(caller ? caller.isSampled : isChosen(record.traceId ?? "", settings.sample))) return;
    const spans = spansOf(record, caller?.parentSpanId ?? null);
    if (this.#queue.length + spans.length > maxQueued) this.dropped += spans.length;
    else this.#queue.push(...spans);
    if (this.#queue.length >= batchSpans) void this.flushSpans();
  }

  /** One batch after the other; resolves when the queue is empty or the collector does not take it. */
  flushSpans(): Promise<void> {
    return (this.#sending ??= this.#sendSpans().finally(() => (this.#sending = null)));
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    if (!this.#settings) return;
    await this.flushSpans();
    await this.#sendMetrics();
  }

  async #sendSpans(): Promise<void> {
    while (this.#settings && this.#queue.length > 0) {
      const spans = this.#queue.splice(0, batchSpans);
      const body = { resourceSpans: [{ resource: resourceOf(this.#settings.service, this.#ports.worker), scopeSpans: [{ scope, spans }] }] };
      const outcome = await this.#post("/v1/traces", body);
      if (outcome === "taken") continue;
      // Later may do, as long as there is room.
      if (outcome === "later" && this.#queue.length + spans.length <= maxQueued) this.#queue.unshift(...spans);
      else this.dropped += spans.length;
      return;
    }
  }

  async #sendMetrics(): Promise<void> {
    if (!this.#settings) return;
    const metrics = this.#metrics.metrics(this.#ports.now());
    if (metrics.length === 0) return;
    await this.#post("/v1/metrics", { resourceMetrics: [{ resource: resourceOf(this.#settings.service, this.#ports.worker), scopeMetrics: [{ scope, metrics }] }] });
  }

  async #post(path: string, body: object): Promise<"taken" | "later" | "refused"> {
    const settings = this.#settings;
    if (!settings) return "refused";
    try {
      const answer = await this.#ports.fetch(settings.endpoint.replace(/\/+$/, "") + path, {
        method: "POST", headers: { ...settings.headers, "content-type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(sendWithinMs), redirect: "error",
      });
      await answer.body?.cancel();
      if (answer.ok) {
        this.#failing = false;
        return "taken";
      }
      this.#complain(`it answered ${answer.status}`);
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
