/** The fields of calls that a query can name: each is one member of the call record, read as its kind says. */
import type { CallRecord } from "../call-record.ts";
import { conflictCauses } from "../conflicts/cause.ts";

export type FieldKind = "text" | "number" | "duration" | "size" | "status" | "time" | "flag";

export interface Field {
  member: keyof CallRecord;
  kind: FieldKind;
  about: string;
  /** A member that answers to the same name: a call has the model that was asked for and the one that answered. */
  also?: keyof CallRecord;
  /** All that it can be, where these are words of ours. */
  words?: readonly string[];
}

export const fields = {
  service: { member: "service", kind: "text", about: "the service, by name" },
  kind: { member: "kind", kind: "text", about: "http, ai or websocket", words: ["http", "ai", "websocket"] },
  version: { member: "version", kind: "text", about: "the service's version" },
  operation: { member: "operation", kind: "text", about: "the operation's id in the OpenAPI document" },
  uses: { member: "uses", kind: "text", about: "members, values and parameters that the request used, for a sample of calls: *\" /title \"*" },
  violations: { member: "violations", kind: "number", about: "violations of the OpenAPI document" },
  canary: { member: "canary", kind: "flag", about: "whether the canary release carried it" },
  consumer: { member: "consumer", kind: "text", about: "the application that called" },
  key: { member: "key", kind: "text", about: "the name of its key" },
  method: { member: "method", kind: "text", about: "the HTTP method" },
  path: { member: "path", kind: "text", about: "the path, without the query" },
  host: { member: "host", kind: "text", about: "the Host field of the request" },
  client: { member: "clientAddress", kind: "text", about: "the caller's address" },
  agent: { member: "userAgent", kind: "text", about: "the User-Agent field of the request" },
  status: { member: "status", kind: "status", about: "the status as the client saw it: 409, 4xx, error (from 400)" },
  error: { member: "error", kind: "text", about: "the problem code of a refusal" },
  detail: { member: "errorDetail", kind: "text", about: "the text of the refusal" },
  cause: { member: "cause", kind: "text", about: "the cause of its conflict", words: conflictCauses },
  conflict: { member: "conflict", kind: "text", about: "the id of the conflict" },
  conditional: { member: "conditional", kind: "flag", about: "whether it carried a precondition: If-Match, If-None-Match or If-Unmodified-Since" },
  cut: { member: "cutBy", kind: "text", about: "who cut it off: client, upstream, gateway", words: ["client", "upstream", "gateway"] },
  latency: { member: "durationMs", kind: "duration", about: "from the request to the end of the answer" },
  firstbyte: { member: "firstByteMs", kind: "duration", about: "until the first byte of the answer" },
  upstream: { member: "upstream", kind: "text", about: "the target's origin" },
  upstreamstatus: { member: "upstreamStatus", kind: "status", about: "the status that the upstream answered" },
  upstreamlatency: { member: "upstreamMs", kind: "duration", about: "until the upstream's response headers" },
  attempts: { member: "attempts", kind: "number", about: "tries at the upstream, retries included" },
  requestbytes: { member: "requestBytes", kind: "size", about: "size of the request's body" },
  responsebytes: { member: "responseBytes", kind: "size", about: "size of the answer's body" },
  worker: { member: "worker", kind: "number", about: "the gateway's worker" },
  provider: { member: "provider", kind: "text", about: "the AI provider" },
  model: { member: "model", kind: "text", about: "the model, as asked for or as it answered", also: "modelRequested" },
  dialect: { member: "dialectIn", kind: "text", about: "the caller's wire format" },
  stream: { member: "stream", kind: "flag", about: "whether the answer was streamed" },
  finish: { member: "finishReason", kind: "text", about: "why the model stopped" },
  inputtokens: { member: "inputTokens", kind: "number", about: "input tokens" },
  outputtokens: { member: "outputTokens", kind: "number", about: "output tokens" },
  cachedtokens: { member: "cacheReadTokens", kind: "number", about: "input tokens read from the provider's prompt cache" },
  cache: { member: "cache", kind: "text", about: "what the response cache did: hit, stale, revalidated, miss, bypass", words: ["hit", "stale", "revalidated", "miss", "bypass"] },
  similarity: { member: "cacheSimilarity", kind: "number", about: "semantic cache: how similar the cached question was, 0 to 1" },
  cost: { member: "costUsd", kind: "number", about: "cost in USD" },
  trace: { member: "traceId", kind: "text", about: "the trace id" },
  id: { member: "id", kind: "text", about: "the call's id" },
  at: { member: "at", kind: "time", about: "when it began: 2026-11-22, 2026-11-22T10:00:00Z, -1h, now" },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof fields;

/** Other words that people try. */
const aliases: Readonly<Record<string, FieldName>> = {
  duration: "latency", durationms: "latency", ttfb: "firstbyte", ip: "client", clientaddress: "client", useragent: "agent", code: "error", resource: "path", costusd: "cost", time: "at", traceid: "trace", call: "id",
};

export const fieldNames = Object.keys(fields) as FieldName[];

/** In any case; null where there is none. */
export function fieldOf(word: string): FieldName | null {
  const name = word.toLowerCase();
  if (Object.hasOwn(fields, name)) return name as FieldName;
  return Object.hasOwn(aliases, name) ? (aliases[name] as FieldName) : null;
}

export function fieldEntry(name: FieldName): Field {
  return fields[name];
}
