/**
 * Calls as they end, to everybody who watches, as server-sent events. Gateways send records only while somebody does.
 * Each watcher has a bounded queue: who reads too slowly is told how many it missed, and nobody else waits.
 */
import type { CallFilter } from "@parley/contract/api/calls";
import type { CallRecord } from "@parley/contract/call-record";
import { admits } from "./call-filter.ts";
import { RecentCalls } from "./recent-calls.ts";

export interface Watcher {
  filter: CallFilter;
  person: string;
  /** Whose end is this stream's end; null for a token. */
  tokenHash: string | null;
  /** False when the watcher may not watch any more. */
  stillAllowed: () => Promise<boolean>;
}

interface Stream extends Watcher {
  controller: ReadableStreamDefaultController<Uint8Array>;
  dropped: number;
  heartbeat: NodeJS.Timeout;
}

const heartbeatEveryMs = 15_000;
/** Bytes that wait for one watcher. */
const maxQueueBytes = 1024 * 1024;
const maxWatchers = 200;
const encoder = new TextEncoder();

export class LiveCalls {
  /** What was shown, to whomever. */
  readonly recent = new RecentCalls();
  readonly #streams = new Set<Stream>();
  readonly #onWatched: (on: boolean) => void;

  constructor(onWatched: (on: boolean) => void) {
    this.#onWatched = onWatched;
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
          stream = { ...watcher, controller, dropped: 0, heartbeat: setInterval(() => void this.#beat(stream), heartbeatEveryMs) };
          this.#streams.add(stream);
          // At once, so that proxies and browsers see an open stream.
          send(stream, ": watching\nretry: 1000\n\n");
          if (this.#streams.size === 1) this.#onWatched(true);
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
      for (const record of records) {
        if (!admits(stream.filter, record)) continue;
        if (!send(stream, `id: ${record.id}\nevent: call\ndata: ${JSON.stringify(record)}\n\n`)) stream.dropped++;
      }
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
    if (this.#streams.delete(stream) && this.#streams.size === 0) this.#onWatched(false);
  }
}

/** False when the watcher's queue is full. */
function send(stream: Stream, text: string): boolean {
  if ((stream.controller.desiredSize ?? 0) <= 0) return false;
  stream.controller.enqueue(encoder.encode(text));
  return true;
}

function sayDropped(stream: Stream): void {
  if (stream.dropped > 0 && send(stream, `event: dropped\ndata: ${JSON.stringify({ dropped: stream.dropped })}\n\n`)) stream.dropped = 0;
}
