/** The call log: call records and questions to them. At most one second is lost on kill -9, nothing on SIGTERM. */
import type { CallRecord } from "@parley/contract/call-record";
import type { SpendQuery, SpendRow } from "@parley/contract/api/spend";
import type { CallQuery } from "@parley/contract/api/calls";

export interface CallPage {
  /** Newest first. */
  items: CallRecord[];
  next: string | null;
}

/** A sealed segment of the spool, as `sealedSegment` names them. */
export interface Segment {
  name: string;
  path: string;
}

export interface IngestOutcome {
  calls: number;
  /** By the segment's name: lines that were no calls. */
  skipped: Record<string, number>;
}

export interface WriteCount {
  method: string;
  status: number;
  /** Whether they had a precondition. */
  conditional: boolean;
  calls: number;
}

export interface CallLog {
  /** Names the engine for the status page, such as `DuckDB`. */
  readonly engine: string;
  /** Takes in sealed spool segments, all or none; taking in the same name twice changes nothing. Unreadable lines are counted and skipped. */
  ingest(segments: readonly Segment[]): Promise<IngestOutcome>;
  /** Throws an `InvalidCursorError` for an `after` that no page gave. */
  find(query: CallQuery): Promise<CallPage>;
  get(id: string): Promise<CallRecord | null>;
  /** When each of these keys was last used, by consumer and key name; Unix milliseconds. */
  lastUse(consumer: string): Promise<Map<string, number>>;
  /** PUT, PATCH and DELETE that were answered with 2xx, by method and status. */
  countWrites(query: { service: string; from: number; to: number }): Promise<WriteCount[]>;
  /** What AI calls took, at most `limit` rows. */
  spend(query: SpendQuery, limit: number): Promise<SpendRow[]>;
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
