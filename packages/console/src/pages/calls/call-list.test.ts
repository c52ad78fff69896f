import type { CallRecord } from "@parley/contract/call-record";
import { expect, test } from "vitest";
import type { LiveHandlers } from "../../api/live-calls.ts";
import { CallList, type CallPage, mostSorted } from "./call-list.ts";
import { comparing } from "./call-order.ts";

function call(at: number): CallRecord {
  return { id: `call-${at}`, at, worker: 0, service: "notes", kind: "http", method: "GET", path: "/", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1 };
}

/** A log that grows, read in pages of two, and a live stream that the test speaks through. */
function start(log: CallRecord[], pageSize = 2) {
  const scheduled: (() => void)[] = [];
  let live: LiveHandlers | null = null;
  const list = new CallList({
    readPage: async ({ after, to }): Promise<CallPage> => {
      const before = after === undefined ? (to ?? Infinity) : Number(after);
      const found = log.filter((entry) => entry.at < before).toSorted((left, right) => right.at - left.at);
      const items = found.slice(0, pageSize);
      return { items, next: found.length > pageSize ? String(items.at(-1)?.at) : null };
    },
    openLive: (handlers) => {
      live = handlers;
      return () => (live = null);
    },
    soon: (action) => scheduled.push(action),
  });
  const end = list.subscribe(() => undefined);
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) {
      await Promise.resolve();
      for (const action of scheduled.splice(0)) action();
    }
  };
  const arrive = (...calls: CallRecord[]) => {
    log.push(...calls);
    for (const entry of calls) live?.onCall(entry);
  };
  return { list, settle, arrive, end, drop: (count: number) => live?.onDropped(count), open: () => live?.onOpen(), lose: () => live?.onLost(), isLive: () => live !== null };
}

function moments(list: CallList): number[] {
  return list.state.calls.map((entry) => entry.at);
}

test("a call that comes live and stands in the log's page is there once, and order is by its beginning", async () => {
  const { list, settle, arrive, open } = start([call(10), call(20)]);
  arrive(call(40), call(30));
  open();
  await settle();
  expect(moments(list)).toEqual([40, 30]);
  await list.loadOlder();
  expect(moments(list)).toEqual([40, 30, 20, 10]);
  expect(list.state.hasOlder).toBe(false);
});

test("a pause loses nothing and counts what waits", async () => {
  const { list, settle, arrive, open } = start([call(1)]);
  open();
  await settle();
  list.hold(true);
  arrive(call(2), call(3));
  await settle();
  expect([moments(list), list.state.waiting]).toEqual([[1], 2]);
  list.hold(false);
  expect([moments(list), list.state.waiting]).toEqual([[3, 2, 1], 0]);
});

test("a pause longer than memory allows is made up for from the log", async () => {
  const { list, settle, arrive, open } = start([call(1)], 1_000);
  open();
  await settle();
  list.hold(true);
  arrive(...Array.from({ length: 2_500 }, (_, index) => call(index + 2)));
  expect(list.state.waiting).toBe(2_500);
  list.hold(false);
  await settle();
  while (list.state.hasOlder) await list.loadOlder();
  expect(moments(list)).toEqual(Array.from({ length: 2_501 }, (_, index) => 2_501 - index));
});

test("what the server had no room for during a pause changes nothing that is shown, and is read when the pause ends", async () => {
  const log = [call(1)];
  const { list, settle, arrive, open, drop } = start(log, 4);
  open();
  await settle();
  list.hold(true);
  arrive(call(2));
  log.push(call(3), call(4), call(5), call(6), call(7));
  drop(5);
  await list.refresh();
  await settle();
  expect([moments(list), list.state.waiting, list.state.hasMore]).toEqual([[1], 1, true]);
  list.hold(false);
  await settle();
  while (list.state.hasOlder) await list.loadOlder();
  expect([moments(list), list.state.hasMore]).toEqual([[7, 6, 5, 4, 3, 2, 1], false]);
});

test("what happened while the connection was lost is read when it is back", async () => {
  const log = [call(1)];
  const { list, settle, open, lose } = start(log, 100);
  open();
  await settle();
  lose();
  expect(list.state.live).toBe("lost");
  log.push(call(2));
  open();
  await settle();
  expect([moments(list), list.state.live]).toEqual([[2, 1], "open"]);
});

test("memory is bounded, and what was left out is read again by scrolling", async () => {
  const { list, settle, arrive, open } = start([call(1)], 1_000);
  open();
  await settle();
  for (let block = 0; block < 6; block += 1) {
    arrive(...Array.from({ length: 1_000 }, (_, index) => call(block * 1_000 + index + 2)));
    await settle();
  }
  expect(list.state.calls.length).toBeLessThanOrEqual(5_000);
  while (list.state.hasOlder) await list.loadOlder();
  expect(moments(list)).toEqual(Array.from({ length: 6_001 }, (_, index) => 6_001 - index));
});

test("a sorted list keeps its order over the pages, and ends where it is stated to", async () => {
  const slowness = (call: CallRecord): number => (call.at * 7) % 10_007;
  const log = Array.from({ length: 2_600 }, (_, index) => ({ ...call(index), durationMs: (index * 7) % 10_007 }));
  const sorted = log.toSorted((left, right) => slowness(right) - slowness(left));
  const list = new CallList({
    compare: comparing({ sort: "latency", order: "desc" }),
    readPage: async ({ after = "0" }): Promise<CallPage> => ({ items: sorted.slice(Number(after), Number(after) + 1_000), next: Number(after) + 1_000 < sorted.length ? String(Number(after) + 1_000) : null }),
    openLive: (handlers) => {
      handlers.onOpen();
      return () => undefined;
    },
    soon: (action) => action(),
  });
  const end = list.subscribe(() => undefined);
  await list.refresh();
  while (list.state.hasOlder) await list.loadOlder();
  expect(moments(list)).toEqual(sorted.slice(0, mostSorted).map(({ at }) => at));
  list.hold(true);
  list.hold(false);
  expect(list.state.calls.length).toBe(mostSorted);
  end();
});

test("nobody looking means no connection", () => {
  const { end, isLive } = start([]);
  expect(isLive()).toBe(true);
  end();
  expect(isLive()).toBe(false);
});
