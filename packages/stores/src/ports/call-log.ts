/** The call log: call records and questions to them. At most one second is lost on kill -9, nothing on SIGTERM. */
import type { CallRecord } from "@parley/contract/call-record";
import type { CallQuery } from "@parley/contract/api/calls";

export interface CallPage {
  /** Newest first. */
  items: CallRecord[];
  next: string | null;
}

export interface CallLog {
  /** Names the engine for the status page, such as `DuckDB`. */
  readonly engine: string;
  /** Takes in a sealed spool segment; taking in the same name twice changes nothing. Unreadable lines are counted and skipped. */
  ingest(segment: { name: string; path: string }): Promise<{ calls: number; skipped: number }>;
  /** Throws an `InvalidCursorError` for an `after` that no page gave. */
  find(query: CallQuery): Promise<CallPage>;
  get(id: string): Promise<CallRecord | null>;
  /** When each of these keys was last used, by consumer and key name; Unix milliseconds. */
  lastUse(consumer: string): Promise<Map<string, number>>;
  size(): Promise<{ calls: number; bytes: number }>;
  /** Deletes calls from before `at` (Unix milliseconds). */
  deleteBefore(at: number): Promise<number>;
  close(): Promise<void>;
}

export class InvalidCursorError extends Error {
  override readonly name = "InvalidCursorError";
}

/** The log cannot answer now: its engine is starting, down, or took too long. Calls go on without it. */
export class CallLogUnavailableError extends Error {
  override readonly name = "CallLogUnavailableError";
}
