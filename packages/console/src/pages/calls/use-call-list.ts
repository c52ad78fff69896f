/** The list of calls for a filter and a range, for as long as the component that asks for it is on the screen. */
import { useMemo, useSyncExternalStore } from "react";
import { call } from "../../api/client.ts";
import { type LiveSummary, openLiveCalls } from "../../api/live-calls.ts";
import { boundsOf, type Range } from "../../observe/range.ts";
import { CallList, type CallListState } from "./call-list.ts";
import { type CallOrder, comparing, isUsual, usualOrder } from "./call-order.ts";

/** A frame or two: a burst of calls is drawn together, and still at once. */
const drawEveryMs = 100;

export interface Asked {
  query: string;
  range: Range;
  order?: CallOrder;
}

export function useCallList(asked: Asked, onSummary?: (summary: LiveSummary) => void): { list: CallList; state: CallListState } {
  const key = JSON.stringify(asked);
  const list = useMemo(() => createList(JSON.parse(key) as Asked, onSummary), [key, onSummary]);
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  return { list, state };
}

function createList({ query, range, order = usualOrder }: Asked, onSummary: ((summary: LiveSummary) => void) | undefined): CallList {
  const bounds = boundsOf(range, Date.now());
  const isLive = range.kind === "last" && isUsual(order);
  return new CallList({
    ...(isUsual(order) ? {} : { compare: comparing(order) }),
    readPage: (position) => call("listCalls", { query: { query, ...bounds, ...position, ...order, limit: 100 } }),
    openLive: (handlers) => {
      if (isLive) return openLiveCalls(query, { ...handlers, ...(onSummary ? { onSummary } : {}) });
      // A range that has ended gets no new calls, and a sorted list stays as it was read.
      handlers.onOpen();
      return () => undefined;
    },
    soon: (action) => void setTimeout(action, drawEveryMs),
  });
}
