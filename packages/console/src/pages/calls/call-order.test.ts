import type { CallRecord } from "@parley/contract/call-record";
import { expect, test } from "vitest";
import { comparing, orderChoices, orderOf, orderText, turnedOrder, usualOrder } from "./call-order.ts";

function call(at: number, more: Partial<CallRecord> = {}): CallRecord {
  return { id: `call-${at}`, at, worker: 0, service: "notes", kind: "http", method: "GET", path: "/", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1, ...more };
}

test("a head sorts by the largest, then by the smallest, then as it was", () => {
  const once = turnedOrder(usualOrder, "latency");
  const twice = turnedOrder(once, "latency");
  expect([once, twice, turnedOrder(twice, "latency")]).toEqual([{ sort: "latency", order: "desc" }, { sort: "latency", order: "asc" }, usualOrder]);
});

test("every choice is what its address says, and an address that says nothing known is newest first", () => {
  expect(orderChoices.map(({ value }) => orderText(orderOf(value)))).toEqual(orderChoices.map(({ value }) => value));
  expect([orderOf(undefined), orderOf("nonsense"), orderOf("__proto__")]).toEqual([usualOrder, usualOrder, usualOrder]);
});

test("calls without the figure stand last in either direction, and those with the same one are newest first", () => {
  const calls = [call(1), call(2, { inputTokens: 5 }), call(3, { inputTokens: 2, outputTokens: 3 }), call(4, { outputTokens: 9 }), call(5)];
  const sorted = (order: "asc" | "desc") => calls.toSorted(comparing({ sort: "tokens", order })).map(({ at }) => at);
  expect([sorted("desc"), sorted("asc")]).toEqual([[4, 3, 2, 5, 1], [3, 2, 4, 5, 1]]);
});
