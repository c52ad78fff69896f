import type { CallRecord } from "@parley/contract/call-record";
import { expect, test } from "vitest";
import { timelineOf } from "./timeline.ts";

const call: CallRecord = {
  id: "1", at: 0, worker: 0, service: "ai", kind: "ai", method: "POST", path: "/v1/chat/completions", clientAddress: "::1",
  status: 200, durationMs: 100, firstByteMs: 60, requestBytes: 0, responseBytes: 10, attempts: 2,
  steps: [["access", 0, 1], ["upstream", 5, 10], ["upstream", 15, 40], ["response", 60, 40]],
  attemptLog: [{ target: "anthropic", startMs: 5, durationMs: 10, status: 503 }, { target: "openai", startMs: 15, durationMs: 40, status: 200 }],
};

test("bars stand in the order of time and as shares of the whole", () => {
  expect(timelineOf(call).map((bar) => [bar.name, bar.left, bar.width])).toEqual([
    ["access", 0, 1],
    ["try 1 · anthropic", 5, 10],
    ["try 2 · openai", 15, 40],
    ["answer", 60, 40],
  ]);
});

test("a failed try is marked with why", () => {
  expect(timelineOf(call).filter((bar) => bar.failed).map((bar) => [bar.name, bar.note])).toEqual([["try 1 · anthropic", "503"]]);
});

test("without a log of tries the steps say where each stood, and nothing is shown twice", () => {
  const { attemptLog: _, ...bare } = call;
  expect(timelineOf({ ...bare, provider: "openai", upstreamMs: 40 }).map((bar) => [bar.name, bar.kind, bar.startMs])).toEqual([["access", "step", 0], ["openai", "attempt", 5], ["openai", "attempt", 15], ["answer", "answer", 60]]);
});

test("a call without steps still shows what the gateway and the upstream took", () => {
  const { steps: _, attemptLog: __, ...bare } = call;
  expect(timelineOf({ ...bare, upstream: "http://127.0.0.1:9001", upstreamMs: 50 }).map((bar) => [bar.name, bar.startMs, bar.durationMs])).toEqual([
    ["gateway", 0, 10],
    ["http://127.0.0.1:9001", 10, 50],
    ["answer", 60, 40],
  ]);
});

test("a call without a duration divides by nothing", () => {
  const bars = timelineOf({ ...call, durationMs: 0, firstByteMs: 0, steps: [["access", 0, 0]], attemptLog: [] });
  expect(bars.every((bar) => Number.isFinite(bar.left) && Number.isFinite(bar.width))).toBe(true);
});
