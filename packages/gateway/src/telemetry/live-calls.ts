/** Records of calls as they end, for people who watch: in batches, bounded, only while somebody does, and only what they look for. */
import type { CallRecord } from "@parley/contract/call-record";
import type { GatewayMessage, MetricFamily } from "@parley/contract/channel";
import { type Matcher, matcherOf } from "@parley/contract/query/matches";
import { parseQuery } from "@parley/contract/query/parse";
import { single } from "./process-metrics.ts";

const batchEveryMs = 100;
const maxBatch = 200;

export class LiveCalls {
  /** False where it could not. */
  #send: (message: GatewayMessage) => boolean;
  #records: CallRecord[] = [];
  #dropped = 0;
  /** Since the start; what could not be sent either. */
  #droppedEver = 0;
  #timer: NodeJS.Timeout | null = null;
  /** One has to fit; null where everything is wanted. */
  #wanted: Matcher[] | null = null;

  constructor(send: (message: GatewayMessage) => boolean) {
    this.#send = send;
  }

  watch(on: boolean, queries: readonly string[] | null = null): void {
    this.#wanted = queries === null ? null : matchersOf(queries);
    if (on === (this.#timer !== null)) return;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = on ? setInterval(() => this.#flush(), batchEveryMs).unref() : null;
    this.#records = [];
    this.#dropped = 0;
  }

  ended(record: CallRecord): void {
    if (this.#timer === null) return;
    if (this.#wanted !== null && !this.#wanted.some((fits) => fits(record))) return;
    if (this.#records.length < maxBatch) this.#records.push(record);
    else this.#dropped++;
  }

  families(labels: Record<string, string>): MetricFamily[] {
    return [single("counter", "parley_live_calls_dropped_total", "Calls that a live view left out, as they came faster than they could be sent (worker) or read (watcher).", { labels: { place: "worker", ...labels }, value: this.#droppedEver })];
  }

  #flush(): void {
    if (this.#records.length === 0) return;
    const sent = this.#send({ type: "calls", records: this.#records, dropped: this.#dropped });
    this.#droppedEver += this.#dropped + (sent ? 0 : this.#records.length);
    this.#records = [];
    this.#dropped = 0;
  }
}

/** Everything, should one not be readable here: the control plane looks again. */
function matchersOf(queries: readonly string[]): Matcher[] | null {
  const matchers: Matcher[] = [];
  for (const text of queries) {
    const parsed = parseQuery(text, Date.now());
    if (!parsed.ok) return null;
    matchers.push(matcherOf(parsed.query));
  }
  return matchers;
}
