import type { ConflictCause } from "./conflicts/cause.ts";

/**
 * The call record: one wide event per call, written once when the call has ended. The call log, the metrics, the live
 * view, the alerts and the conflict analysis are all derived from it. It is flat (one column a member) and holds no
 * secret and no body. A member that does not apply is absent. Times are Unix milliseconds with fractions, durations
 * milliseconds with fractions, sizes bytes on the wire of the body, money USD.
 */
export interface CallRecord {
  id: string;
  /** When the request's header section was complete. */
  at: number;
  /** Which worker of the gateway carried it. */
  worker: number;

  service: string;
  kind: "http" | "ai" | "websocket";
  version?: string;
  /** The operation's id in the OpenAPI document of the service or the version. */
  operation?: string;
  /** What of the document a request used, of a sample of calls: ` /title /status=archived ?limit `, a blank around each. */
  uses?: string;
  /** How many places of the request or the answer were not as the OpenAPI document says; `warnings` names some. */
  violations?: number;
  /** Carried by the canary release. */
  canary?: boolean;
  consumer?: string;
  /** The name of the consumer's key. */
  key?: string;
  /** The consumer's team. */
  team?: string;

  method: string;
  /** Without the query, which may hold secrets; at most 2,048 characters. */
  path: string;
  host?: string;
  clientAddress: string;
  userAgent?: string;

  /** True where the request named the state that it was about: If-Match, If-None-Match or If-Unmodified-Since. */
  conditional?: boolean;

  /** What the client saw; 499 when it went away before an answer began. */
  status: number;
  /** The problem code, when the answer is the gateway's own refusal or the provider's error as relayed. */
  error?: string;
  errorDetail?: string;
  /** Why it met a conflict; absent where it met none. */
  cause?: ConflictCause;
  /** The id of that conflict. */
  conflict?: string;
  /** Who ended the call before its end. */
  cutBy?: "client" | "upstream" | "gateway";

  durationMs: number;
  /** From the start to the first byte of the answer's body sent on. */
  firstByteMs?: number;
  requestBytes: number;
  responseBytes: number;

  /** The target's origin, such as http://127.0.0.1:9001. */
  upstream?: string;
  upstreamStatus?: number;
  /** From sending to the upstream to its header section. */
  upstreamMs?: number;
  attempts: number;
  /** One entry per try at the upstream or the provider, in order; present when there was more than one, or when the last failed. */
  attemptLog?: CallAttempt[];
  /**
   * Where the time went: [step, startMs, durationMs], startMs relative to `at`; those of 0.1 ms and more. Parts of the pipeline
   * (`access`, `version`, `limits`, `guard`), what they wait for (`queue`, `write`, `refetch`, `budget`, `guardrails`, …), `translation`, each
   * `upstream` until its answer's head, and `response` from the first byte to the end. A step may lie inside another.
   */
  steps?: [name: string, startMs: number, durationMs: number][];

  traceId?: string;
  spanId?: string;

  provider?: string;
  /** The model as the application asked for it. */
  modelRequested?: string;
  /** The model as the provider was asked for it. */
  model?: string;
  dialectIn?: string;
  dialectOut?: string;
  stream?: boolean;
  /** All input tokens, cached ones included. */
  inputTokens?: number;
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  /** Absent where no price of the model is known; that is not the same as 0. */
  costUsd?: number;
  /** The same in billionths of a USD, whole, so that sums are exact. */
  costNanoUsd?: number;
  /**
   * Whether the answer was one that had been given before; absent where none are kept. `stale`: past its time, which was allowed;
   * `revalidated`: the service said that it is still good.
   */
  cache?: "hit" | "stale" | "revalidated" | "miss" | "bypass";
  /** How near the question was to the one that was answered before; 1 is the same. Present for a hit by meaning. */
  cacheSimilarity?: number;
  /** What guardrails did: their names, where, what, and how often; never what was found. */
  guardrails?: string[];
  finishReason?: string;
  /** The provider's own id of the request. */
  providerRequestId?: string;
  /** What translation dropped or invented, as said in Parley-Warning. */
  warnings?: string[];
}

export interface CallAttempt {
  target: string;
  startMs: number;
  durationMs: number;
  status?: number;
  /** What went wrong, in a word: connect-failure, reset, timeout, status. */
  failure?: string;
}

/**
 * The file name of a spool segment once it is complete and will not be written again: `<start>-<worker>-<sequence>`, a Parquet file
 * with a column a member (`call-segment/`), or a line of JSON a record, as earlier releases wrote.
 */
export const sealedSegment = /^(\d+)-(\d+)-(\d+)\.(?:parquet|ndjson)$/;
/** The file name of a segment that a worker still writes. */
export const openSegment = /^(\d+)-(\d+)-(\d+)\.open$/;
