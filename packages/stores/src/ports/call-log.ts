/** The call log: call records and questions to them. At most one second is lost on kill -9, nothing on SIGTERM. */
import type { CallRecord } from "@parley/contract/call-record";
import type { SpendQuery, SpendRow } from "@parley/contract/api/spend";
import type { CallFilter } from "@parley/contract/api/calls";
import type { CallFigures } from "./call-figures.ts";
import type { FieldName } from "@parley/contract/query/fields";
import type { Query } from "@parley/contract/query/query";
import type { CallSort } from "@parley/contract/query/sort";

/** Which calls. */
export interface CallRange {
  where?: Query;
  /** Unix milliseconds, inclusive. */
  from?: number | undefined;
  /** Unix milliseconds, exclusive. */
  to?: number | undefined;
}

/** Which calls, and which page of them. `where` holds besides the members of the filter. */
export interface CallSearch extends CallFilter, CallRange {
  limit: number;
  after?: string | undefined;
  /** Newest first without it. Calls without the value stand last in either order; those with the same value are newest first. */
  sort?: CallSort | undefined;
  order?: "asc" | "desc" | undefined;
  /** Only these members are read, besides the id and the time; without it all. */
  members?: readonly (keyof CallRecord)[] | undefined;
}

export interface ExportAsked {
  format: ExportFormat;
  limit: number;
  members: readonly (keyof CallRecord)[];
}

export type ExportFormat = "csv" | "ndjson" | "parquet";

export interface Facets {
  calls: number;
  /** Values, the commonest first; `others` are the calls with values that are not listed, `absent` those without any. All add up to `calls`. */
  fields: { field: FieldName; values: { value: string; calls: number }[]; others: number; absent: number }[];
}

export interface CallPage {
  /** Newest first, unless sorted otherwise. */
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
  /** By the segment's name, why it is none: it was left as it is, and what it held is not in the log. */
  damaged: Record<string, string>;
}

export interface WriteCount {
  method: string;
  status: number;
  /** Whether they had a precondition. */
  conditional: boolean;
  calls: number;
}

export interface CallLog extends CallFigures {
  /** Names the engine for the status page, such as `DuckDB`. */
  readonly engine: string;
  /** Why it takes in nothing now, to be shown; null while it does. */
  readonly trouble: string | null;
  /** Takes in sealed spool segments, all that are whole or none; taking in the same name twice changes nothing. Unreadable lines are counted and skipped, damaged segments told. */
  ingest(segments: readonly Segment[]): Promise<IngestOutcome>;
  /** Throws an `InvalidCursorError` for an `after` that no page gave, or one that was sorted otherwise. */
  find(search: CallSearch, signal?: AbortSignal): Promise<CallPage>;
  /** How many calls a search finds, and for each field its commonest values with their counts. */
  facets(search: CallRange, ask: { fields: readonly FieldName[]; values: number }, signal?: AbortSignal): Promise<Facets>;
  /** The calls of a search, newest first, at most `limit`, as bytes in the format. Ends when the reader goes away. */
  export(search: CallRange, asked: ExportAsked): AsyncIterable<Uint8Array>;
  get(id: string): Promise<CallRecord | null>;
  /** When each of these keys was last used, by consumer and key name; Unix milliseconds. */
  lastUse(consumer: string): Promise<Map<string, number>>;
  /** PUT, PATCH and DELETE that were answered with 2xx, by method and status. */
  countWrites(query: { service: string; from: number; to: number }): Promise<WriteCount[]>;
  /** What AI calls took, at most `limit` rows. */
  spend(query: SpendQuery, limit: number): Promise<SpendRow[]>;
  size(): Promise<{ calls: number; bytes: number }>;
  /** Deletes calls from before `at` (Unix milliseconds): all, those of a service, or those of other services than these. */
  deleteBefore(at: number, of?: { service: string } | { otherThan: readonly string[] }): Promise<number>;
  close(): Promise<void>;
}

export class InvalidCursorError extends Error {
  override readonly name = "InvalidCursorError";
}

/** The log cannot answer now: its engine is starting, down, or took too long. Calls go on without it. */
export class CallLogUnavailableError extends Error {
  override readonly name = "CallLogUnavailableError";
}
