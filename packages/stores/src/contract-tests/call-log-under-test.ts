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
