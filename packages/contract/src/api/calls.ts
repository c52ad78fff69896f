import { z } from "zod";
import { atMost, fromTime, ofService, queryText, toTime } from "./search-parameters.ts";
import type { CallRecord } from "../call-record.ts";
import { conflictCause } from "../conflicts/cause.ts";
import { callSortNames } from "../query/sort.ts";

const optionalNumber = z.number().optional();
const optionalText = z.string().optional();

/** The call record as the admin API returns it; the same members as `CallRecord`. */
export const callRecord = z.object({
  id: z.string().describe("The call's id."),
  at: z.number().describe("When the request's header section was complete: Unix milliseconds, with fractions."),
  worker: z.number().describe("Which worker of the gateway carried it."),
  service: z.string().describe("The service's name; `ai` for the AI endpoints."),
  kind: z.enum(["http", "ai", "websocket"]).describe("What kind of call it was."),
  version: optionalText.describe("The service's version."),
  operation: optionalText.describe("The operation's id in the OpenAPI document of the service or the version."),
  uses: optionalText.describe("What of the document the request used, of a sample of calls: ` /title /status=archived ?limit `, a blank around each."),
  violations: optionalNumber.describe("How many places of the request or the answer were not as the OpenAPI document says; `warnings` names some."),
  canary: z.boolean().optional().describe("Whether the canary release carried it."),
  consumer: optionalText.describe("The consumer's name."),
  key: optionalText.describe("The name of the consumer's key."),
  team: optionalText.describe("The consumer's team."),
  method: z.string().describe("The HTTP method."),
  path: z.string().describe("Without the query, which may hold secrets; at most 2,048 characters."),
  host: optionalText.describe("The Host field of the request."),
  clientAddress: z.string().describe("The caller's IP address."),
  userAgent: optionalText.describe("The User-Agent field of the request."),
  conditional: z.boolean().optional().describe("Whether it carried If-Match, If-None-Match or If-Unmodified-Since."),
  status: z.number().describe("The status that the client saw; 499 when it went away before an answer began."),
  error: optionalText.describe("The problem code, where the answer is the gateway's own refusal or the provider's error as relayed."),
  errorDetail: optionalText.describe("The text of that refusal."),
  cause: conflictCause.optional().describe("Why it met a conflict; absent where it met none."),
  conflict: optionalText.describe("The id of that conflict."),
  cutBy: z.enum(["client", "upstream", "gateway"]).optional().describe("Who ended the call before its end."),
  durationMs: z.number().describe("From the request to the end of the answer, in milliseconds with fractions."),
  firstByteMs: optionalNumber.describe("From the request to the first byte of the answer's body sent on, in milliseconds."),
  requestBytes: z.number().describe("The request body's size on the wire, in bytes."),
  responseBytes: z.number().describe("The answer body's size on the wire, in bytes."),
  upstream: optionalText.describe("The target's origin, such as http://127.0.0.1:9001."),
  upstreamStatus: optionalNumber.describe("The status that the upstream answered."),
  upstreamMs: optionalNumber.describe("From sending to the upstream to its header section, in milliseconds."),
  attempts: z.number().describe("Tries at the upstream or the provider, retries included."),
  attemptLog: z
    .array(z.object({ target: z.string(), startMs: z.number(), durationMs: z.number(), status: optionalNumber, failure: optionalText }))
    .optional().describe("Those tries in order; present where there was more than one, or where the last failed."),
  steps: z.array(z.tuple([z.string(), z.number(), z.number()])).optional().describe("Where the time went: the step, when it began after `at`, and how long it took, in milliseconds; those of 0.1 ms and more. A step may lie inside another."),
  traceId: optionalText.describe("The W3C trace id."),
  spanId: optionalText.describe("The id of the gateway's span in the trace."),
  provider: optionalText.describe("The AI provider."),
  modelRequested: optionalText.describe("The model as the application asked for it."),
  model: optionalText.describe("The model as the provider was asked for it."),
  dialectIn: optionalText.describe("The wire format of the caller."),
  dialectOut: optionalText.describe("The wire format of the provider."),
  stream: z.boolean().optional().describe("Whether the answer was streamed."),
  inputTokens: optionalNumber.describe("All input tokens, cached ones included."),
  outputTokens: optionalNumber.describe("All output tokens, reasoning included."),
  cacheReadTokens: optionalNumber.describe("Input tokens read from the provider's prompt cache."),
  cacheWriteTokens: optionalNumber.describe("Input tokens written to the provider's prompt cache."),
  reasoningTokens: optionalNumber.describe("Output tokens that the model used for reasoning."),
  costUsd: optionalNumber.describe("The cost in USD; absent where no price of the model is known, which is not the same as 0."),
  costNanoUsd: optionalNumber.describe("The same in billionths of a USD, whole, so that sums are exact."),
  cache: z.enum(["hit", "stale", "revalidated", "miss", "bypass"]).optional().describe("What the response cache did; absent where nothing is kept."),
  cacheSimilarity: optionalNumber.describe("How similar the cached question was, 0 to 1; present for a hit by meaning."),
  guardrails: z.array(z.string()).optional().describe("What guardrails did: their names, where, what, and how often; never what was found."),
  finishReason: optionalText.describe("Why the model stopped."),
  providerRequestId: optionalText.describe("The provider's own id of the request."),
  warnings: z.array(z.string()).optional().describe("What translation dropped or invented, as said in Parley-Warning."),
});

/** `text` is null where `withheld` says why: it is no text, or nobody knows where in it the secrets are. */
const keptBody = z.object({ contentType: z.string(), bytes: z.number(), text: z.string().nullable(), truncated: z.boolean(), withheld: z.enum(["no-text", "not-redactable"]).optional() });

/** A browser logs every 404 as an error of its page, also where nothing is wrong. */
export const bodiesQuery = z.object({
  absent: z.enum(["refuse", "empty"]).default("refuse").describe("Where nothing of the call is kept: `refuse` answers 404, `empty` with null on either side."),
});

/** Bodies of one call, redacted before they were kept; null where there was none. */
export const callBodies = z.object({ request: keptBody.nullable(), response: keptBody.nullable() });

type Parsed = z.infer<typeof callRecord>;
type SameMembers = keyof Parsed extends keyof CallRecord ? (keyof CallRecord extends keyof Parsed ? true : never) : never;
/** Fails to compile when `CallRecord` and `callRecord` have different members. */
export const callRecordMembersAgree: SameMembers = true;

/** `409`, `4xx` or `error` (every status from 400). */
const statusFilter = z.string().regex(/^(?:[1-5]\d\d|[1-5]xx|error)$/, "a status is 409, 4xx or error");

export const callFilter = z.object({
  service: ofService,
  consumer: optionalText.describe("Only of this consumer, by its name."),
  kind: z.enum(["http", "ai", "websocket"]).optional().describe("Only of this kind."),
  method: optionalText.describe("Only with this method."),
  status: statusFilter.optional().describe("Only with this status: `409`, `4xx`, or `error` for every one from 400 on."),
  model: optionalText.describe("Only of this model, as it was asked for or as it answered."),
  provider: optionalText.describe("Only of this AI provider."),
  path: optionalText.describe("Only with this in the path."),
});
export type CallFilter = z.infer<typeof callFilter>;

const range = { from: fromTime(), to: toTime() };
const columnNames = optionalText.describe("Members of the records, separated by commas; `id` and `at` are always there.");

export const callQuery = callFilter.extend({
  query: queryText,
  ...range,
  limit: atMost(1_000, 100),
  sort: z.enum(callSortNames).default("at").describe("By what; calls without the value stand last, and those with the same one are newest first."),
  order: z.enum(["desc", "asc"]).default("desc").describe("Largest or smallest first; by time, newest or oldest."),
  after: optionalText.describe("Where to go on: what `next` of the page before was."),
  cursor: optionalText.describe("The same as `after`."),
  columns: columnNames,
});
export type CallQuery = z.output<typeof callQuery>;

/** Newest first, unless sorted otherwise; `next` is null on the last page. */
export const callPage = z.object({ items: z.array(callRecord), next: z.string().nullable() });

/** What a query says about calls, for people who refine it. */
export const facetsQuery = z.object({
  query: queryText,
  service: ofService,
  ...range,
  by: z.string().default("service,status,method,consumer,cause,kind,model").describe("Fields of the query language, separated by commas."),
  limit: atMost(100, 10, "How many values of each field are listed at most."),
});

/** A count, and the query that finds the calls behind it. */
const counted = z.object({ value: z.string(), calls: z.number(), query: z.string() });
export const facets = z.object({
  calls: z.number(),
  /** In each, values with others and absent add up to `calls`. */
  facets: z.array(z.object({ field: z.string(), values: z.array(counted), others: z.number(), absent: z.number() })),
});

export const completionQuery = z.object({ prefix: z.string().max(400).default("").describe("What is written so far."), limit: atMost(100, 20) });
/** `text` stands in the place of the prefix. */
export const completions = z.object({ items: z.array(z.object({ text: z.string(), about: z.string(), calls: z.number().optional() })) });

export const exportQuery = z.object({
  query: queryText,
  service: ofService,
  ...range,
  format: z.enum(["csv", "ndjson", "parquet"]).default("csv").describe("What kind of file."),
  columns: columnNames,
  limit: atMost(1_000_000, 100_000, "How many calls at most, the newest."),
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
