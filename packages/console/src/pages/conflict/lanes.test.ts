import type { CallRecord } from "@parley/contract/call-record";
import { expect, test } from "vitest";
import { eventText, lanesOf } from "./lanes.ts";

function aCall(id: string, at: number, over: Partial<CallRecord>): CallRecord {
  return { id, at, worker: 0, service: "notes", kind: "http", method: "GET", path: "/notes/7", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1, ...over };
}

const record = { resource: "/notes/7", callId: "c", consumers: ["ann", "bob"], consumer: "ann", at: 4, method: "PUT", status: 412 };

test("each actor has a lane with its reads and writes in order, the collision and the revisions marked", () => {
  const calls = [
    aCall("c", 4, { method: "PUT", consumer: "ann", status: 412 }),
    aCall("a", 1, { consumer: "ann" }),
    aCall("b", 3, { method: "PUT", consumer: "bob" }),
    aCall("x", 2, { path: "/notes/77", consumer: "bob" }),
    aCall("o", 2, { method: "OPTIONS", consumer: "bob" }),
  ];
  const { lanes, places } = lanesOf(record, calls, [{ revision: 9, at: 3, by: "bob", callId: "b", current: true, kept: false }]);
  expect(places).toBe(3);
  expect(lanes.map(({ actor, events }) => [actor, events.map(({ place, kind, collision, revision }) => [place, kind, collision, revision])])).toEqual([
    ["bob", [[1, "write", false, 9]]],
    ["ann", [[0, "read", false, null], [2, "write", true, null]]],
  ]);
  expect(lanes.flatMap(({ events }) => events.map(eventText))).toEqual(["wrote (PUT, 200), revision 9", "read (GET, 200)", "tried to write (PUT, 412): the collision"]);
});

test("a write past the gateway has a lane, before whoever found it; a batch's items and its collision have their places", () => {
  const calls = [aCall("a", 10, { consumer: "ann" }), aCall("c", 30, { method: "PUT", consumer: "ann", status: 412, durationMs: 5 })];
  const revisions = [{ revision: 3, at: 32, by: "bypass", current: true, kept: false }, { revision: 2, at: 20, by: "bob", callId: "batch", method: "PUT", current: false, kept: false }];
  const { lanes } = lanesOf(record, calls, revisions);
  expect(lanes.map(({ actor, events }) => [actor, events.map((event) => [event.place, event.call, eventText(event)])])).toEqual([
    ["bob", [[1, "batch", "wrote (PUT), revision 2"]]],
    ["past the gateway", [[2, null, "wrote, revision 3"]]],
    ["ann", [[0, "a", "read (GET, 200)"], [3, "c", "tried to write (PUT, 412): the collision"]]],
  ]);
  const asItem = lanesOf({ ...record, callId: "batch-2", at: 40 }, calls, []);
  expect(asItem.lanes[0]?.events.at(-1)).toMatchObject({ call: "batch-2", collision: true, place: 2 });
});

test("shows what led to the collision and little of what came after", () => {
  const calls = Array.from({ length: 60 }, (_, index) => aCall(index === 40 ? "c" : `call-${index}`, index, { consumer: "ann" }));
  const [lane] = lanesOf(record, calls, []).lanes;
  expect(lane?.events).toHaveLength(24);
  expect(lane?.events.at(-4)?.call).toBe("c");
});
