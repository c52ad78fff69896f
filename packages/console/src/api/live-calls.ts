/**
 * Calls as they end, over server-sent events. A connection that breaks comes back by itself; `onOpen` tells each time that
 * calls may have been missed.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { CallFilter } from "@parley/contract/api/calls";
import { addressOf } from "./client.ts";

export interface LiveHandlers {
  onOpen(): void;
  onCall(record: CallRecord): void;
  /** The server could not keep up and left some out. */
  onDropped(): void;
  onLost(): void;
}

const reopenAfterMs = 3_000;

/** Returns what ends it. */
export function openLiveCalls(filter: CallFilter, handlers: LiveHandlers): () => void {
  let source = open();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function open(): EventSource {
    const opened = new EventSource(addressOf("liveCalls", { query: filter }));
    opened.addEventListener("open", () => handlers.onOpen());
    opened.addEventListener("call", (event: MessageEvent<string>) => handlers.onCall(JSON.parse(event.data) as CallRecord));
    opened.addEventListener("dropped", () => handlers.onDropped());
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
