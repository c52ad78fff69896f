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

/** A record of a call that has almost every member. */
export const aCallWithEverything: CallRecord = aCall({
  id: "wide", at: 1_700_000_000_000.25, kind: "ai", service: "ai", consumer: "acme", key: "default", status: 502, error: "provider-error",
  errorDetail: "the provider said 'no'", cutBy: "upstream", cause: "busy", conflict: "0123456789abcdef0123456789abcdef", traceId: "ab".repeat(16), spanId: "cd".repeat(8), firstByteMs: 0.125, requestBytes: 2 ** 40, upstreamStatus: 500, stream: false,
  attemptLog: [{ target: "openai", startMs: 0, durationMs: 2.5, status: 500, failure: "status" }], steps: [["access", 0, 0.1]],
  inputTokens: 12, costUsd: 0.000_012_5, warnings: ["dropped: seed"], modelRequested: "assistant", model: "gpt-5-mini", provider: "openai",
});
