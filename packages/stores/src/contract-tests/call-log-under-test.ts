/** What the suites of the call log are given, and the plainest call. */
import type { CallRecord } from "@parley/contract/call-record";
import type { CallLog } from "../ports/call-log.ts";

export interface CallLogUnderTest {
  open(): Promise<CallLog>;
  destroy(): Promise<void>;
}

export function aCall(over: Partial<CallRecord> & Pick<CallRecord, "id" | "at">): CallRecord {
  return {
    worker: 0, service: "notes", kind: "http", method: "GET", path: "/notes/7", clientAddress: "127.0.0.1",
    status: 200, durationMs: 1.5, requestBytes: 0, responseBytes: 12, attempts: 1, ...over,
  };
}

/** A call that has every member: one that is added to the record and not written to segments, or not read back, is missed here. */
export const aCallWithEverything: Required<CallRecord> = {
  id: "wide", at: 1_700_000_000_000.25, worker: 3, service: "ai", kind: "ai", version: "v2", operation: "createChat", uses: " /title ?limit ", violations: 2, canary: true,
  consumer: "acme", key: "default", team: "research", method: "POST", path: "/v1/chat/completions", host: "gateway.example.com", clientAddress: "192.0.2.7", userAgent: "curl/8", conditional: true,
  status: 502, error: "provider-error", errorDetail: "the provider said 'no'", cause: "busy", conflict: "0123456789abcdef0123456789abcdef", cutBy: "upstream",
  durationMs: 1.5, firstByteMs: 0.125, requestBytes: 2 ** 40, responseBytes: 12, upstream: "https://api.example.com", upstreamStatus: 500, upstreamMs: 1.25, attempts: 2,
  attemptLog: [{ target: "openai", startMs: 0, durationMs: 2.5, status: 500, failure: "status" }], steps: [["access", 0, 0.1]], traceId: "ab".repeat(16), spanId: "cd".repeat(8),
  provider: "openai", modelRequested: "assistant", model: "gpt-5-mini", dialectIn: "anthropic-messages", dialectOut: "openai-chat", stream: false,
  inputTokens: 12, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 3, reasoningTokens: 2, costUsd: 0.000_012_5, costNanoUsd: 12_500, cache: "hit", cacheSimilarity: 0.97,
  guardrails: ["pii request masked 2"], finishReason: "length", providerRequestId: "req_1", warnings: ["dropped: seed"],
};
