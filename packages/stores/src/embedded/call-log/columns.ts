/** The columns of the table of calls: one a member of the call record, with the same names. */
import type { CallRecord } from "@parley/contract/call-record";

interface Column {
  type: "VARCHAR" | "DOUBLE" | "BIGINT" | "INTEGER" | "BOOLEAN" | "JSON";
  /** Stands in for a member that every record has, should one lack it: better an odd record than a lost one. */
  missing?: string;
}

const text: Column = { type: "VARCHAR" };
const decimal: Column = { type: "DOUBLE" };
const count: Column = { type: "BIGINT" };
const small: Column = { type: "INTEGER" };
const json: Column = { type: "JSON" };

/** Without `id` and `at` a line is no call record. */
export const columns: Record<keyof CallRecord, Column> = {
  id: text,
  at: decimal,
  worker: { ...small, missing: "0" },
  service: { ...text, missing: "''" },
  kind: { ...text, missing: "'http'" },
  version: text,
  consumer: text,
  key: text,
  method: { ...text, missing: "''" },
  path: { ...text, missing: "''" },
  host: text,
  clientAddress: { ...text, missing: "''" },
  userAgent: text,
  status: { ...small, missing: "0" },
  error: text,
  errorDetail: text,
  cutBy: text,
  durationMs: { ...decimal, missing: "0" },
  firstByteMs: decimal,
  requestBytes: { ...count, missing: "0" },
  responseBytes: { ...count, missing: "0" },
  upstream: text,
  upstreamStatus: small,
  upstreamMs: decimal,
  attempts: { ...small, missing: "0" },
  attemptLog: json,
  steps: json,
  traceId: text,
  spanId: text,
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
  finishReason: text,
  providerRequestId: text,
  warnings: json,
};

const names = Object.keys(columns) as (keyof CallRecord)[];

export const columnList = names.map((name) => `"${name}"`).join(", ");

/** As `read_json` wants them. */
export const columnsForReading = `{${names.map((name) => `'${name}': '${columns[name].type}'`).join(", ")}}`;

export const columnsForInserting = names
  .map((name) => (columns[name].missing === undefined ? `"${name}"` : `coalesce("${name}", ${columns[name].missing})`))
  .join(", ");

/** Statements that make the tables, or add what an older release did not have yet. */
export const schemaStatements: readonly string[] = [
  `create table if not exists calls (${names.map((name) => `"${name}" ${columns[name].type}`).join(", ")})`,
  ...names.map((name) => `alter table calls add column if not exists "${name}" ${columns[name].type}`),
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
  return record as unknown as CallRecord;
}
