/** The fields of calls that a query can name: each is one member of the call record, read as its kind says. */
import type { CallRecord } from "../call-record.ts";

export type FieldKind = "text" | "number" | "duration" | "size" | "status" | "time" | "flag";

export interface Field {
  member: keyof CallRecord;
  kind: FieldKind;
  about: string;
  /** A member that answers to the same name: a call has the model that was asked for and the one that answered. */
  also?: keyof CallRecord;
}

export const fields = {
  service: { member: "service", kind: "text", about: "the service, by name" },
  kind: { member: "kind", kind: "text", about: "http, ai or websocket" },
  version: { member: "version", kind: "text", about: "the service's version" },
  operation: { member: "operation", kind: "text", about: "the operation's id in the OpenAPI document" },
  uses: { member: "uses", kind: "text", about: "members, values and parameters that a request used, of a sample of calls: *\" /title \"*" },
  violations: { member: "violations", kind: "number", about: "places that were not as the OpenAPI document says" },
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
  detail: { member: "errorDetail", kind: "text", about: "what the refusal said" },
  cause: { member: "cause", kind: "text", about: "why it met a conflict" },
  conflict: { member: "conflict", kind: "text", about: "the id of the conflict" },
  conditional: { member: "conditional", kind: "flag", about: "whether it named the state that it was about" },
  cut: { member: "cutBy", kind: "text", about: "who ended it before its end: client, upstream, gateway" },
  latency: { member: "durationMs", kind: "duration", about: "from the request to the end of the answer" },
  firstbyte: { member: "firstByteMs", kind: "duration", about: "until the first byte of the answer" },
  upstream: { member: "upstream", kind: "text", about: "the target's origin" },
  upstreamstatus: { member: "upstreamStatus", kind: "status", about: "the status as the upstream said it" },
  upstreamlatency: { member: "upstreamMs", kind: "duration", about: "until the upstream's header section" },
  attempts: { member: "attempts", kind: "number", about: "tries at the upstream" },
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
  cachedtokens: { member: "cacheReadTokens", kind: "number", about: "input tokens that the provider had cached" },
  cache: { member: "cache", kind: "text", about: "whether the answer had been given before: hit, stale, revalidated, miss, bypass" },
  similarity: { member: "cacheSimilarity", kind: "number", about: "how near the question was to the one answered before" },
  cost: { member: "costUsd", kind: "number", about: "cost in USD" },
  trace: { member: "traceId", kind: "text", about: "the trace" },
  id: { member: "id", kind: "text", about: "the call" },
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
