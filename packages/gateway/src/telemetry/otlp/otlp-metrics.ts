/** What is counted for OTLP: durations and tokens as the semantic conventions name them, in histograms that only grow. */
import type { CallRecord } from "@parley/contract/call-record";
import { type AttributeValue, attributesOf, unixNano } from "./otlp-json.ts";
import { operationOf, providerName } from "./spans-of-record.ts";
import { knownMethod } from "./request-attributes.ts";

/** Models are named by callers, so that their number is not ours to choose. */
const maxSeries = 500;
const cumulative = 2;
/** As the semantic conventions advise for each. */
const requestBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const operationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenBounds = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

interface Series {
  attributes: Record<string, AttributeValue | undefined>;
  counts: number[];
  sum: number;
  count: number;
}

class Histogram {
  readonly #series = new Map<string, Series>();
  readonly #description: { name: string; unit: string; bounds: readonly number[] };

  constructor(description: { name: string; unit: string; bounds: readonly number[] }) {
    this.#description = description;
  }

  add(value: number, attributes: Record<string, AttributeValue | undefined>): void {
    const { bounds } = this.#description;
    const key = Object.values(attributes).join("\n");
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= maxSeries) return;
      this.#series.set(key, (series = { attributes, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0, count: 0 }));
    }
    const found = bounds.findIndex((bound) => value <= bound);
    const bucket = found === -1 ? bounds.length : found;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
    series.count += 1;
  }

  get points(): number {
    return this.#series.size;
  }

  metric(times: { startTimeUnixNano: string; timeUnixNano: string }): object[] {
    const { name, unit, bounds } = this.#description;
    if (this.#series.size === 0) return [];
    const dataPoints = [...this.#series.values()].map(({ attributes, counts, sum, count }) => ({
      ...times, attributes: attributesOf(attributes), count: String(count), sum, bucketCounts: counts.map(String), explicitBounds: bounds,
    }));
    return [{ name, unit, histogram: { aggregationTemporality: cumulative, dataPoints } }];
  }
}

export class OtlpMetrics {
  readonly #startedAt: number;
  readonly #requests = new Histogram({ name: "http.server.request.duration", unit: "s", bounds: requestBounds });
  readonly #operations = new Histogram({ name: "gen_ai.client.operation.duration", unit: "s", bounds: operationBounds });
  readonly #tokens = new Histogram({ name: "gen_ai.client.token.usage", unit: "{token}", bounds: tokenBounds });

  readonly #scheme: string;

  constructor(startedAt: number, scheme: string) {
    this.#startedAt = startedAt;
    this.#scheme = scheme;
  }

  ended(record: CallRecord): void {
    const seconds = record.durationMs / 1000;
    this.#requests.add(seconds, {
      "http.request.method": knownMethod(record.method), "url.scheme": this.#scheme, "http.response.status_code": record.status, "http.route": record.service === "" ? undefined : record.service,
      "error.type": record.status >= 500 ? (record.error ?? String(record.status)) : undefined,
    });
    if (record.kind !== "ai" || record.provider === undefined) return;
    const model = { "gen_ai.operation.name": operationOf(record.path), "gen_ai.provider.name": providerName(record.provider), "gen_ai.request.model": record.modelRequested, "gen_ai.response.model": record.model };
    this.#operations.add(seconds, { ...model, "error.type": record.error });
    if (record.inputTokens !== undefined) this.#tokens.add(record.inputTokens, { ...model, "gen_ai.token.type": "input" });
    if (record.outputTokens !== undefined) this.#tokens.add(record.outputTokens, { ...model, "gen_ai.token.type": "output" });
  }

  /** How many data points `metrics` has. */
  get points(): number {
    return this.#requests.points + this.#operations.points + this.#tokens.points;
  }

  metrics(now: number): object[] {
    const times = { startTimeUnixNano: unixNano(this.#startedAt), timeUnixNano: unixNano(now) };
    return [this.#requests, this.#operations, this.#tokens].flatMap((histogram) => histogram.metric(times));
  }
}
