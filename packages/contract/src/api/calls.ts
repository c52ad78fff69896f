import { z } from "zod";
import { instant } from "./instant.ts";
import type { CallRecord } from "../call-record.ts";
import { conflictCause } from "../conflicts/cause.ts";
import { callSortNames } from "../query/sort.ts";

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
  operation: optionalText,
  uses: optionalText,
  violations: optionalNumber,
  canary: z.boolean().optional(),
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
  cache: z.enum(["hit", "stale", "revalidated", "miss", "bypass"]).optional(),
  cacheSimilarity: optionalNumber,
  guardrails: z.array(z.string()).optional(),
  finishReason: optionalText,
  providerRequestId: optionalText,
  warnings: z.array(z.string()).optional(),
});

/** `text` is null where `withheld` says why: it is no text, or nobody knows where in it the secrets are. */
const keptBody = z.object({ contentType: z.string(), bytes: z.number(), text: z.string().nullable(), truncated: z.boolean(), withheld: z.enum(["no-text", "not-redactable"]).optional() });

/** Bodies of one call, redacted before they were kept; null where there was none. */
export const callBodies = z.object({ request: keptBody.nullable(), response: keptBody.nullable() });

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

/** In the query language, docs/query-language.md. */
const queryText = z.string().max(4_000).optional();
const range = {
  /** Unix milliseconds, inclusive. */
  from: instant.optional(),
  /** Unix milliseconds, exclusive. */
  to: instant.optional(),
};

export const callQuery = callFilter.extend({
  query: queryText,
  ...range,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** Calls without the value stand last; those with the same one are newest first. */
  sort: z.enum(callSortNames).default("at"),
  order: z.enum(["desc", "asc"]).default("desc"),
  /** What `next` of the page before was. */
  after: optionalText,
  /** The same as `after`. */
  cursor: optionalText,
  /** Members of the records, separated by commas; id and at are always there. */
  columns: optionalText,
});
export type CallQuery = z.output<typeof callQuery>;

/** Newest first, unless sorted otherwise; `next` is null on the last page. */
export const callPage = z.object({ items: z.array(callRecord), next: z.string().nullable() });

/** What a query says about calls, for people who refine it. */
export const facetsQuery = z.object({
  query: queryText,
  service: optionalText,
  ...range,
  /** Fields of the query language, separated by commas. */
  by: z.string().default("service,status,method,consumer,cause,kind,model"),
  /** Values of each. */
  limit: z.coerce.number().int().min(1).max(100).default(10),
});

/** A count, and the query that finds the calls behind it. */
const counted = z.object({ value: z.string(), calls: z.number(), query: z.string() });
export const facets = z.object({
  calls: z.number(),
  /** In each, values with others and absent add up to `calls`. */
  facets: z.array(z.object({ field: z.string(), values: z.array(counted), others: z.number(), absent: z.number() })),
});

export const completionQuery = z.object({ prefix: z.string().max(400).default(""), limit: z.coerce.number().int().min(1).max(100).default(20) });
/** `text` stands in the place of the prefix. */
export const completions = z.object({ items: z.array(z.object({ text: z.string(), about: z.string(), calls: z.number().optional() })) });

export const exportQuery = z.object({
  query: queryText,
  service: optionalText,
  ...range,
  format: z.enum(["csv", "ndjson", "parquet"]).default("csv"),
  columns: optionalText,
  /** The newest that many. */
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
});

export const liveQuery = z.object({ query: queryText });

/** The data of the events `call`, `conflict`, `summary`, `dropped` and `gap`. */
export const liveEvent = z.union([
  callRecord,
  z.object({ id: z.string().optional(), cause: conflictCause, at: z.number(), call: z.string(), service: z.string(), method: z.string(), path: z.string(), consumer: optionalText, status: z.number() }),
  z.object({ calls: z.number(), leftOut: z.number(), errors: z.number(), conflicts: z.number(), costUsd: z.number(), inFlight: z.number().nullable() }),
  z.object({ dropped: z.number() }),
  z.object({ after: z.string().nullable() }),
]);
