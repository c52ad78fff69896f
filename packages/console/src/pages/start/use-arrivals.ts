/** Calls that arrive while the page is open, the newest first. */
import type { CallRecord } from "@parley/contract/call-record";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { openLiveCalls } from "../../api/live-calls.ts";
import { reading } from "../../api/queries.ts";

export interface Arrivals {
  calls: readonly CallRecord[];
  isOpen: boolean;
}

const mostKept = 5;

export function useArrivals(): Arrivals {
  const client = useQueryClient();
  const [calls, setCalls] = useState<readonly CallRecord[]>([]);
  const [isOpen, setOpen] = useState(false);
  useEffect(
    () =>
      openLiveCalls("", {
        onOpen: () => setOpen(true),
        onLost: () => setOpen(false),
        onDropped: () => undefined,
        onCall: (record) => {
          setCalls((before) => [record, ...before].slice(0, mostKept));
          // The navigation shows Start until the first call, and the page of the beginning is it; it is here now.
          client.setQueryData(reading("getStatus").queryKey, (known) => (known?.callLog?.calls === 0 ? { ...known, callLog: { ...known.callLog, calls: 1 } } : known));
          client.setQueryData(reading("listCalls", { query: { limit: 1 } }).queryKey, { items: [record], next: null });
        },
      }),
    [client],
  );
  return { calls, isOpen };
}
