/** What the load process is told to do, and what it says afterwards. Travels over IPC with advanced serialisation. */

export interface Target {
  port: number;
  /** Whole requests, ready to send; they are sent in turn. */
  requests: readonly Uint8Array[];
  /** A body that must be exactly this, or one that must contain this. */
  expect: { exactly: Uint8Array } | { containing: string };
}

/** Ends with whichever comes first. */
export interface Limit {
  durationMs?: number;
  calls?: number;
}

export type LoadJob =
  /** Every connection sends its next request as soon as it has its answer. */
  | { kind: "closed"; target: Target; connections: number; limit: Limit }
  /** Requests leave on a fixed schedule, whether or not earlier ones were answered. */
  | { kind: "open"; target: Target; ratePerSecond: number; durationMs: number; maxConnections: number }
  /** Streams of numbered and time-stamped chunks, `concurrent` at a time. */
  | { kind: "streams"; target: Target; concurrent: number; streams: number; chunksPerStream: number }
  /** Opens streams and keeps them open until `release`. */
  | { kind: "hold"; target: Target; connections: number }
  | { kind: "release" };

export interface LoadResult {
  /** Calls with status 200 and the right body. */
  answered: number;
  failed: number;
  /** Of the first failure, to show. */
  failure: string | null;
  elapsedMs: number;
  /** Milliseconds; for the open loop from the scheduled time to the complete answer, for streams to the first chunk. */
  latenciesMs: number[];
  /** Streams only: from when the upstream wrote a chunk to when it was read here. */
  chunkDelaysMs: number[];
}

export type LoadMessage = { type: "ready" } | { type: "result"; result: LoadResult } | { type: "failed"; message: string };
