/**
 * Calls as they end, over server-sent events, filtered where they happen. A connection that breaks comes back by itself, and
 * goes on after the last call that was seen; `onOpen` tells each time that calls may have been missed nevertheless.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { addressOf } from "./client.ts";

/** What came within a second. */
export interface LiveSummary {
  calls: number;
  leftOut: number;
  errors: number;
  conflicts: number;
  costUsd: number;
  inFlight: number | null;
}

export interface LiveHandlers {
  onOpen(): void;
  onCall(record: CallRecord): void;
  /** So many did not fit. */
  onDropped(count: number): void;
  onLost(): void;
  onSummary?(summary: LiveSummary): void;
}

const reopenAfterMs = 3_000;

/** `query` is in the query language; empty for all. Returns what ends it. */
export function openLiveCalls(query: string, handlers: LiveHandlers): () => void {
  let source = open();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function open(): EventSource {
    const opened = new EventSource(addressOf("watchLive", { query: { query } }));
    opened.addEventListener("open", () => handlers.onOpen());
    opened.addEventListener("call", (event: MessageEvent<string>) => handlers.onCall(JSON.parse(event.data) as CallRecord));
    opened.addEventListener("dropped", (event: MessageEvent<string>) => handlers.onDropped((JSON.parse(event.data) as { dropped: number }).dropped));
    opened.addEventListener("summary", (event: MessageEvent<string>) => handlers.onSummary?.(JSON.parse(event.data) as LiveSummary));
    opened.addEventListener("error", () => {
      handlers.onLost();
      // The browser tries again after a lost connection, but gives up after a refusal, such as that of an ended session.
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(() => (source = open()), reopenAfterMs);
    });
    return opened;
  }

  return () => {
    clearTimeout(timer);
    source.close();
  };
}
