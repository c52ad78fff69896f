/** The list of calls for a filter, for as long as the component that asks for it is on the screen. */
import type { CallFilter } from "@parley/contract/api/calls";
import { useMemo, useSyncExternalStore } from "react";
import { call } from "../../api/client.ts";
import { openLiveCalls } from "../../api/live-calls.ts";
import { CallList, type CallListState } from "./call-list.ts";

const drawEveryMs = 100;

export function useCallList(filter: CallFilter): { list: CallList; state: CallListState } {
  const key = JSON.stringify(filter);
  const list = useMemo(() => createList(JSON.parse(key) as CallFilter), [key]);
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  return { list, state };
}

function createList(filter: CallFilter): CallList {
  return new CallList({
    readPage: (position) => call("listCalls", { query: { ...filter, ...position, limit: 100 } }),
    openLive: (handlers) => openLiveCalls(filter, handlers),
    soon: (action) => void setTimeout(action, drawEveryMs),
  });
}
