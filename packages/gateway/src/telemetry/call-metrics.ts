/** Hot path (benchmarks: http, scale). What is counted of every call, derived from its record. */
import type { CallRecord } from "@parley/contract/call-record";
import type { MetricFamily } from "@parley/contract/channel";
import { Histogram } from "./histogram.ts";
import { type CounterRow, LabelledCounter } from "./labelled-counter.ts";

/** Each service's histogram has 18 lines in the exposition. */
const maxHistograms = 1_000;
/** Models are named by callers where no alias is configured, so their number is not ours to choose. */
const unroutedService = "none";

/** Services whose rows are kept beside each other; those past them are looked for in each counter. */
const maxKnownServices = 20_000;

interface Durations {
  call: Histogram;
  /** Null until a call has come to an upstream. */
  upstream: Histogram | null;
}

/** What is counted of one service, found together: with thousands of services each search is a way to memory. What was counted last is nearly always the next one, too. */
export interface ServiceCounts {
  /** Of the call that was counted last; the place is -1 where there is none. */
  status: number;
  kind: CallRecord["kind"];
  callsPlace: number;
  /** Of the try that was counted last. */
  outcome: string;
  triesPlace: number;
  readonly durations: Durations;
  readonly calls: CounterRow;
  readonly tries: CounterRow;
}

/** Whose counts were found once keeps them: a route, as long as it is in force. */
export interface Counted {
  counts: ServiceCounts | null;
}

export class CallMetrics {
  #calls = new LabelledCounter("parley_calls_total", "Calls that ended, refused ones included.", ["service", "status", "kind"]);
  #tries = new LabelledCounter("parley_upstream_tries_total", "Requests sent to upstreams, repetitions included.", ["service", "outcome"]);
  #limited = new LabelledCounter("parley_rate_limited_total", "Calls refused by a limit.", ["service", "limit"]);
  #tokens = new LabelledCounter("parley_ai_tokens_total", "Tokens as reported by AI providers.", ["provider", "model", "direction"]);
  #operations = new LabelledCounter("parley_operation_calls_total", "Calls of operations of OpenAPI documents.", ["service", "operation", "status"]);
  #violations = new LabelledCounter("parley_document_violations_total", "Places of requests and answers that were not as the OpenAPI document says.", ["service", "operation"]);
  #cut = new LabelledCounter("parley_calls_cut_total", "Calls that ended before their answer was complete.", ["service", "by"]);
  #services = new Map<string, ServiceCounts>();
  #durations = new Map<string, Durations>();
  /** Of all services past the bound. */
  #others: Durations | null = null;
  /** The same few statuses over and over: no number is turned into text twice. */
  #statusTexts = new Map<number, string>();

  /** `route` is the service's, where it is known. */
  ended(record: CallRecord, route?: Counted | null): void {
    const service = record.service === "" ? unroutedService : record.service;
    const known = this.#of(service, route);
    if (known === null) this.#calls.add(1, service, this.#statusText(record.status), record.kind);
    else this.#calls.addAt(this.#callsPlace(known, record), 1);
    const durations = known === null ? this.#durationsOf(service) : known.durations;
    durations.call.observe(record.durationMs / 1000, record);
    if (record.upstreamMs !== undefined) (durations.upstream ??= new Histogram()).observe(record.upstreamMs / 1000);
    if (record.operation !== undefined) this.#operations.add(1, service, record.operation, this.#statusText(record.status));
    if (record.violations !== undefined) this.#violations.add(record.violations, service, record.operation ?? "");
    if (record.cutBy !== undefined) this.#cut.add(1, service, record.cutBy);
    if (record.provider !== undefined) this.#addTokens(record, record.provider);
  }

  tried(service: string, outcome: string, route?: Counted | null): void {
    const known = this.#of(service, route);
    if (known === null) this.#tries.add(1, service, outcome);
    else this.#tries.addAt(this.#triesPlace(known, outcome), 1);
  }

  rateLimited(service: string, limit: string): void {
    this.#limited.add(1, service, limit);
  }

  families(labels: Record<string, string>): MetricFamily[] {
    return [
      this.#calls.family(labels),
      histogramFamily({ name: "parley_call_duration_seconds", help: "From the request's header section to the end of the answer." }, this.#histograms("call"), labels),
      this.#tries.family(labels),
      histogramFamily({ name: "parley_upstream_duration_seconds", help: "From sending to an upstream to its header section." }, this.#histograms("upstream"), labels),
      this.#limited.family(labels),
      this.#cut.family(labels),
      this.#operations.family(labels),
      this.#violations.family(labels),
      this.#tokens.family(labels),
    ];
  }

  /** Null past the bound. */
  #of(service: string, route: Counted | null | undefined): ServiceCounts | null {
    if (route === null || route === undefined) return this.#find(service);
    return (route.counts ??= this.#find(service));
  }

  #find(service: string): ServiceCounts | null {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    if (this.#services.size >= maxKnownServices) return null;
    const made: ServiceCounts = {
      status: 0, kind: "http", callsPlace: -1, outcome: "", triesPlace: -1, durations: this.#durationsOf(service), calls: this.#calls.row(service), tries: this.#tries.row(service),
    };
    this.#services.set(service, made);
    return made;
  }

  #callsPlace(counts: ServiceCounts, { status, kind }: CallRecord): number {
    if (counts.callsPlace !== -1 && counts.status === status && counts.kind === kind) return counts.callsPlace;
    counts.status = status;
    counts.kind = kind;
    return (counts.callsPlace = this.#calls.place(counts.calls, this.#statusText(status), kind));
  }

  #triesPlace(counts: ServiceCounts, outcome: string): number {
    if (counts.triesPlace !== -1 && counts.outcome === outcome) return counts.triesPlace;
    counts.outcome = outcome;
    return (counts.triesPlace = this.#tries.place(counts.tries, outcome));
  }

  #durationsOf(service: string): Durations {
    const known = this.#durations.get(service);
    if (known !== undefined) return known;
    return this.#durations.size < maxHistograms ? this.#begin(service) : (this.#others ??= this.#durations.get("other") ?? this.#begin("other"));
  }

  #begin(service: string): Durations {
    const durations: Durations = { call: new Histogram(), upstream: null };
    this.#durations.set(service, durations);
    return durations;
  }

  *#histograms(of: keyof Durations): Generator<[service: string, histogram: Histogram]> {
    for (const [service, { [of]: histogram }] of this.#durations) if (histogram !== null) yield [service, histogram];
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

function histogramFamily(family: { name: string; help: string }, histograms: Iterable<[service: string, histogram: Histogram]>, labels: Record<string, string>): MetricFamily {
  return { ...family, type: "histogram", series: Array.from(histograms, ([service, histogram]) => ({ labels: { service, ...labels }, ...histogram.series() })) };
}
