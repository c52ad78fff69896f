/** Calls as they end, over server-sent events. The browser reconnects by itself; `onOpen` tells that calls may have been missed. */
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

/** Returns what ends it. */
export function openLiveCalls(filter: CallFilter, handlers: LiveHandlers): () => void {
  const source = new EventSource(addressOf("liveCalls", { query: filter }));
  source.addEventListener("open", () => handlers.onOpen());
  source.addEventListener("call", (event: MessageEvent<string>) => handlers.onCall(JSON.parse(event.data) as CallRecord));
  source.addEventListener("dropped", () => handlers.onDropped());
  source.addEventListener("error", () => handlers.onLost());
  return () => source.close();
}
