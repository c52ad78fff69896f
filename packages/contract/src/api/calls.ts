import { z } from "zod";
import type { CallRecord } from "../call-record.ts";
import { conflictCause } from "../conflicts/cause.ts";

const optionalNumber = z.number().optional();
const optionalText = z.string().optional();

/** The call record as the admin API returns it; the same members as `CallRecord`. */
export const callRecord = z.object({
  id: z.string(),
  at: z.number(),
  worker: z.number(),
  service: z.string(),
  kind: z.enum(["http", "ai", "websocket"]),
  version: optionalText,
  consumer: optionalText,
  key: optionalText,
  team: optionalText,
  method: z.string(),
  path: z.string(),
  host: optionalText,
  clientAddress: z.string(),
  userAgent: optionalText,
  conditional: z.boolean().optional(),
  status: z.number(),
  error: optionalText,
  errorDetail: optionalText,
  /** Why it met a conflict. */
  cause: conflictCause.optional(),
  /** The id of that conflict. */
  conflict: optionalText,
  cutBy: z.enum(["client", "upstream", "gateway"]).optional(),
  durationMs: z.number(),
  firstByteMs: optionalNumber,
  requestBytes: z.number(),
  responseBytes: z.number(),
  upstream: optionalText,
  upstreamStatus: optionalNumber,
  upstreamMs: optionalNumber,
  attempts: z.number(),
  attemptLog: z
    .array(z.object({ target: z.string(), startMs: z.number(), durationMs: z.number(), status: optionalNumber, failure: optionalText }))
    .optional(),
  steps: z.array(z.tuple([z.string(), z.number(), z.number()])).optional(),
  traceId: optionalText,
  spanId: optionalText,
  provider: optionalText,
  modelRequested: optionalText,
  model: optionalText,
  dialectIn: optionalText,
  dialectOut: optionalText,
  stream: z.boolean().optional(),
  inputTokens: optionalNumber,
  outputTokens: optionalNumber,
  cacheReadTokens: optionalNumber,
  cacheWriteTokens: optionalNumber,
  reasoningTokens: optionalNumber,
  costUsd: optionalNumber,
  costNanoUsd: optionalNumber,
  finishReason: optionalText,
  providerRequestId: optionalText,
  warnings: z.array(z.string()).optional(),
});

type Parsed = z.infer<typeof callRecord>;
type SameMembers = keyof Parsed extends keyof CallRecord ? (keyof CallRecord extends keyof Parsed ? true : never) : never;
/** Fails to compile when `CallRecord` and `callRecord` have different members. */
export const callRecordMembersAgree: SameMembers = true;

/** `409`, `4xx` or `error` (every status from 400). */
const statusFilter = z.string().regex(/^(?:[1-5]\d\d|[1-5]xx|error)$/, "a status is 409, 4xx or error");

export const callFilter = z.object({
  service: optionalText,
  consumer: optionalText,
  kind: z.enum(["http", "ai", "websocket"]).optional(),
  method: optionalText,
  status: statusFilter.optional(),
  model: optionalText,
  provider: optionalText,
  /** A part of the path. */
  path: optionalText,
});
export type CallFilter = z.infer<typeof callFilter>;

export const callQuery = callFilter.extend({
  /** Unix milliseconds, inclusive. */
  from: z.coerce.number().optional(),
  /** Unix milliseconds, exclusive. */
  to: z.coerce.number().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** What `next` of the page before was. */
  after: optionalText,
});
export type CallQuery = z.output<typeof callQuery>;

/** Newest first; `next` is null on the last page. */
export const callPage = z.object({ items: z.array(callRecord), next: z.string().nullable() });
