/** The columns of the table of calls: one a member of the call record, with the same names. */
import type { CallRecord } from "@parley/contract/call-record";
import { bucketOf } from "./latency-sketch.ts";

interface Column {
  type: "VARCHAR" | "DOUBLE" | "BIGINT" | "INTEGER" | "BOOLEAN" | "JSON";
  /** Stands in for a member that every record has, should one lack it: better an odd record than a lost one. */
  missing?: string;
  /** What is kept of it. */
  stored?: (place: string) => string;
}

const text: Column = { type: "VARCHAR" };
const decimal: Column = { type: "DOUBLE" };
/** Microseconds are all that clocks give; what is noise beyond them would be half of a call's bytes. */
const time: Column = { type: "DOUBLE", stored: (place) => `round(${place}, 3)` };
const count: Column = { type: "BIGINT" };
const small: Column = { type: "INTEGER" };
const json: Column = { type: "JSON" };

/** Without `id` and `at` a line is no call record. */
export const columns: Record<keyof CallRecord, Column> = {
  id: text,
  at: time,
  worker: { ...small, missing: "0" },
  service: { ...text, missing: "''" },
  kind: { ...text, missing: "'http'" },
  version: text,
  operation: text,
  uses: text,
  violations: small,
  canary: { type: "BOOLEAN" },
  consumer: text,
  key: text,
  team: text,
  method: { ...text, missing: "''" },
  path: { ...text, missing: "''" },
  host: text,
  clientAddress: { ...text, missing: "''" },
  userAgent: text,
  conditional: { type: "BOOLEAN" },
  status: { ...small, missing: "0" },
  error: text,
  errorDetail: text,
  cause: text,
  conflict: text,
  cutBy: text,
  durationMs: { ...time, missing: "0" },
  firstByteMs: time,
  requestBytes: { ...count, missing: "0" },
  responseBytes: { ...count, missing: "0" },
  upstream: text,
  upstreamStatus: small,
  upstreamMs: time,
  attempts: { ...small, missing: "0" },
  attemptLog: json,
  steps: json,
  /** A call that brought no trace begins one that has its own id. */
  traceId: { ...text, stored: (place) => `nullif(${place}, id)` },
  /** A span that is the right half of the call's id, as the gateway makes them, is kept as nothing: a record without one has null. */
  spanId: { ...text, stored: (place) => `case when ${place} = substr(id, 17) then '' else ${place} end` },
  provider: text,
  modelRequested: text,
  model: text,
  dialectIn: text,
  dialectOut: text,
  stream: { type: "BOOLEAN" },
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
  costUsd: decimal,
  costNanoUsd: count,
  cache: text,
  cacheSimilarity: decimal,
  guardrails: json,
  finishReason: text,
  providerRequestId: text,
  warnings: json,
};

const names = Object.keys(columns) as (keyof CallRecord)[];

export const columnList = [...names.map((name) => `"${name}"`), "batch", "latency"].join(", ");

export function isMember(name: string): name is keyof CallRecord {
  return Object.hasOwn(columns, name);
}

/** As `read_json` wants them. */
export const columnsOfLines = `{${names.map((name) => `'${name}': '${columns[name].type}'`).join(", ")}}`;

/** Of lines that were read, with `$batch` for the number under which they are taken in. */
export const insertedOfLines = [...names.map(stored), "$batch::INTEGER", bucketOf(stored("durationMs"))].join(", ");

/** As `read_parquet` wants them: a file has the columns that any of its calls has, and its numbers are doubles. */
export const columnsOfFiles = `map {${names.map((name) => `'${name}': {name: '${name}', type: '${isNumber(name) ? "DOUBLE" : columns[name].type}', default_value: null}`).join(", ")}}`;

/** Of such files: who wrote them left out what an id tells, and rounded times. A number that is none of its column's is none. */
export const insertedOfFiles = [
  ...names.map((name) => (isNumber(name) && columns[name].type !== "DOUBLE" ? `try_cast("${name}" as ${columns[name].type})` : `"${name}"`)), "$batch::INTEGER", bucketOf('"durationMs"'),
].join(", ");

/** A call's bucket of latency. It is kept, as its logarithm is most of what grouping calls costs; calls of an older release have none. */
export const latencyBucket = `coalesce(latency, ${bucketOf('"durationMs"')})`;

function isNumber(name: keyof CallRecord): boolean {
  return columns[name].type !== "VARCHAR" && columns[name].type !== "JSON";
}

function stored(name: keyof CallRecord): string {
  const { missing, stored: kept } = columns[name];
  const place = kept ? kept(`"${name}"`) : `"${name}"`;
  return missing === undefined ? place : `coalesce(${place}, ${missing})`;
}

/** Statements that make the tables, or add what an older release did not have yet. */
export const schemaStatements: readonly string[] = [
  `create table if not exists calls (${names.map((name) => `"${name}" ${columns[name].type}`).join(", ")}, batch INTEGER, latency SMALLINT)`,
  ...names.map((name) => `alter table calls add column if not exists "${name}" ${columns[name].type}`),
  "alter table calls add column if not exists batch INTEGER",
  "alter table calls add column if not exists latency SMALLINT",
  "create sequence if not exists batches",
  "create table if not exists segments (name VARCHAR primary key, calls BIGINT, skipped BIGINT, taken_in_at TIMESTAMP default current_timestamp)",
];

/** A row as the record that it was: absent members absent again, counts as numbers, nested members parsed. */
export function recordOf(row: Record<string, unknown>): CallRecord {
  const record: Record<string, unknown> = {};
  for (const name of names) {
    const value = row[name];
    if (value === null || value === undefined) continue;
    record[name] = typeof value === "bigint" ? Number(value) : columns[name].type === "JSON" ? JSON.parse(value as string) : value;
  }
  // A record with a span has a trace, and one that was left out is the call's own id.
  if (record["spanId"] !== undefined) record["traceId"] ??= record["id"];
  // So is a span that was: every question asks for the id.
  if (record["spanId"] === "") record["spanId"] = (record["id"] as string).slice(16);
  return record as unknown as CallRecord;
}
