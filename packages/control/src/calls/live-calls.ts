/**
 * Calls as they end, to everybody who watches, as server-sent events. Gateways send records only while somebody does, and
 * only those that somebody looks for. Each watcher has a bounded queue: who reads too slowly, or asks for more than fits,
 * is told how many were left out, and nobody else waits.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { type Matcher, matcherOf } from "@parley/contract/query/matches";
import type { Query } from "@parley/contract/query/query";
import { RecentCalls } from "./recent-calls.ts";
import { type LiveSummary, SummaryCount } from "./live-summary.ts";

export interface Watcher {
  query: Query;
  /** The same as text, for the gateways; empty for everything. */
  text: string;
  /** Besides `call` and `dropped`: `conflict` for each, and a `summary` every second. */
  full: boolean;
  /** The id of the last call that was seen before the connection broke. */
  lastSeen: string | null;
  person: string;
  /** Whose end is this stream's end; null for a token. */
  tokenHash: string | null;
  /** False when the watcher may not watch any more. */
  stillAllowed: () => Promise<boolean>;
}

interface Stream extends Watcher {
  controller: ReadableStreamDefaultController<Uint8Array>;
  admits: Matcher;
  count: SummaryCount;
  dropped: number;
  heartbeat: NodeJS.Timeout;
}

export interface LiveCallsPorts {
  /** What gateways shall send; null for nothing any more, and an empty list for everything. */
  watch: (queries: readonly string[] | null) => void;
  inFlight: () => Promise<number | null>;
}

const heartbeatEveryMs = 15_000;
const summaryEveryMs = 1_000;
/** Bytes that wait for one watcher. */
const maxQueueBytes = 1024 * 1024;
const maxWatchers = 200;
const encoder = new TextEncoder();

export class LiveCalls {
  /** What was shown, to whomever. */
  readonly recent = new RecentCalls();
  /** Calls that were not shown to who watched, since the start. */
  dropped = 0;
  readonly #streams = new Set<Stream>();
  readonly #ports: LiveCallsPorts;
  #summaries: NodeJS.Timeout | null = null;

  constructor(ports: LiveCallsPorts) {
    this.#ports = ports;
  }

  get watchers(): number {
    return this.#streams.size;
  }

  /** Null when there are too many. */
  watch(watcher: Watcher): ReadableStream<Uint8Array> | null {
    if (this.#streams.size >= maxWatchers) return null;
    let stream: Stream;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          stream = { ...watcher, controller, admits: matcherOf(watcher.query), count: new SummaryCount(), dropped: 0, heartbeat: setInterval(() => void this.#beat(stream), heartbeatEveryMs) };
          this.#begin(stream);
        },
        cancel: () => this.#end(stream),
      },
      { highWaterMark: maxQueueBytes, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }

  publish(records: readonly CallRecord[], dropped: number): void {
    this.recent.add(records);
    for (const stream of this.#streams) {
      stream.dropped += dropped;
      stream.count.left(dropped);
      for (const record of records) if (!show(stream, record)) this.dropped++;
      sayDropped(stream);
    }
  }

  /** Ends what a person watches: one session's, or with null all. */
  endFor(person: string, tokenHash: string | null): void {
    for (const stream of this.#streams) {
      if (stream.tokenHash === null || stream.person !== person) continue;
      if (tokenHash === null) void this.#beat(stream);
      else if (stream.tokenHash === tokenHash) this.#close(stream);
    }
  }

  close(): void {
    for (const stream of this.#streams) this.#close(stream);
  }

  #begin(stream: Stream): void {
    this.#streams.add(stream);
    // At once, so that proxies and browsers see an open stream.
    send(stream, ": watching\nretry: 1000\n\n");
    const missed = stream.lastSeen === null ? [] : this.recent.after(stream.lastSeen);
    if (missed === null) send(stream, event("gap", { after: stream.lastSeen }));
    for (const record of missed ?? []) show(stream, record);
    this.#tellGateways();
    this.#summaries ??= setInterval(() => void this.#summarise(), summaryEveryMs);
  }

  #tellGateways(): void {
    if (this.#streams.size === 0) return this.#ports.watch(null);
    const texts = [...new Set([...this.#streams].map(({ text }) => text))];
    this.#ports.watch(texts.includes("") ? [] : texts);
  }

  async #summarise(): Promise<void> {
    if (![...this.#streams].some(({ full }) => full)) return;
    const inFlight = await this.#ports.inFlight().catch(() => null);
    for (const stream of this.#streams) if (stream.full) send(stream, event("summary", { ...stream.count.take(), inFlight } satisfies LiveSummary));
  }

  async #beat(stream: Stream): Promise<void> {
    if (!(await stream.stillAllowed().catch(() => false))) return this.#close(stream);
    sayDropped(stream);
    send(stream, ": still here\n\n");
  }

  #close(stream: Stream): void {
    if (!this.#streams.has(stream)) return;
    this.#end(stream);
    stream.controller.close();
  }

  #end(stream: Stream): void {
    clearInterval(stream.heartbeat);
    if (!this.#streams.delete(stream)) return;
    this.#tellGateways();
    if (this.#streams.size > 0 || this.#summaries === null) return;
    clearInterval(this.#summaries);
    this.#summaries = null;
  }
}

/** False where the watcher has too much to read already. */
function show(stream: Stream, record: CallRecord): boolean {
  if (!stream.admits(record)) return true;
  stream.count.seen(record);
  const fits = send(stream, `id: ${record.id}\n${event("call", record)}`);
  if (!fits) stream.dropped++;
  if (!stream.full || record.cause === undefined) return fits;
  const { conflict, cause, at, id, service, method, path, consumer, status } = record;
  send(stream, event("conflict", { id: conflict, cause, at, call: id, service, method, path, consumer, status }));
  return fits;
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** False when the watcher's queue is full. */
function send(stream: Stream, text: string): boolean {
  if ((stream.controller.desiredSize ?? 0) <= 0) return false;
  stream.controller.enqueue(encoder.encode(text));
  return true;
}

function sayDropped(stream: Stream): void {
  if (stream.dropped > 0 && send(stream, event("dropped", { dropped: stream.dropped }))) stream.dropped = 0;
}
