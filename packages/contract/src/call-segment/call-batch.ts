/**
 * Hot path (benchmarks: http, call-log-ingest). Call records on their way to the call log, member by member: a column each, as the
 * engine that reads them wants them, so that nobody makes text of numbers and numbers of text again. A segment of the spool is
 * one batch, a Parquet file with the columns that any of its calls has.
 */
import type { CallRecord } from "../call-record.ts";
import { NumberColumn } from "./number-column.ts";
import { columnForm, parquetFile } from "./parquet-file.ts";
import { mostRows } from "./present-rows.ts";
import { TextColumn } from "./text-column.ts";

/** A batch past this is written at once. */
const mostTextBytes = 2 * 1024 * 1024;
/** How often that is looked at: it is a sum over all columns. */
const lookEveryRows = 64;

const repeated = (): TextColumn => new TextColumn({ type: "text", repeats: true });
const distinct = (): TextColumn => new TextColumn({ type: "text", repeats: false });
const json = (): TextColumn => new TextColumn({ type: "json", repeats: false });
const number = (): NumberColumn => new NumberColumn();

function newColumns() {
  return {
    id: distinct(), at: number(), worker: number(), service: repeated(), kind: repeated(), version: repeated(), operation: repeated(), uses: repeated(), violations: number(),
    canary: number(), consumer: repeated(), key: repeated(), team: repeated(), method: repeated(), path: repeated(), host: repeated(), clientAddress: repeated(), userAgent: repeated(),
    conditional: number(), status: number(), error: repeated(), errorDetail: repeated(), cause: repeated(), conflict: distinct(), cutBy: repeated(), durationMs: number(),
    firstByteMs: number(), requestBytes: number(), responseBytes: number(), upstream: repeated(), upstreamStatus: number(), upstreamMs: number(), attempts: number(),
    attemptLog: json(), steps: json(), traceId: distinct(), spanId: repeated(), provider: repeated(), modelRequested: repeated(), model: repeated(), dialectIn: repeated(),
    dialectOut: repeated(), stream: number(), inputTokens: number(), outputTokens: number(), cacheReadTokens: number(), cacheWriteTokens: number(), reasoningTokens: number(),
    costUsd: number(), costNanoUsd: number(), cache: repeated(), cacheSimilarity: number(), guardrails: json(), finishReason: repeated(), providerRequestId: distinct(), warnings: json(),
  } satisfies Record<keyof CallRecord, NumberColumn | TextColumn>;
}

type Columns = ReturnType<typeof newColumns>;

export class CallBatch {
  readonly ending = "parquet";
  rows = 0;
  readonly #columns: Columns = newColumns();
  readonly #all = Object.entries(this.#columns).map(([name, column]: [string, NumberColumn | TextColumn]) => ({ column, form: columnForm(name, column.type) }));
  #hasMuchText = false;

  /** It has to be taken before anything more is added. */
  get isFull(): boolean {
    return this.rows === mostRows || this.#hasMuchText;
  }

  /** True: there is room for it. */
  add(record: CallRecord): true {
    const row = this.rows++;
    addWhatAllHave(this.#columns, row, record);
    addCaller(this.#columns, row, record);
    addUpstream(this.#columns, row, record);
    addService(this.#columns, row, record);
    addTrouble(this.#columns, row, record);
    addModel(this.#columns, row, record);
    addTokens(this.#columns, row, record);
    if (this.rows % lookEveryRows === 0) this.#hasMuchText = this.#textBytes() > mostTextBytes;
    return true;
  }

  /** The file of what there is, leaving nothing. */
  take(): Uint8Array {
    const columns = this.#all.map(({ column, form }) => column.take(form, this.rows)).filter((column) => column !== null);
    const file = parquetFile(this.rows, columns);
    this.rows = 0;
    this.#hasMuchText = false;
    return file;
  }

  #textBytes(): number {
    let bytes = 0;
    for (const { column } of this.#all) bytes += column.bytes;
    return bytes;
  }
}

// Member by member and not in a loop: a property that is named is found in a tenth of the time of one that is looked up.

function addWhatAllHave(columns: Columns, row: number, record: CallRecord): void {
  columns.id.add(row, record.id);
  columns.at.add(row, record.at);
  columns.worker.add(row, record.worker);
  columns.service.add(row, record.service);
  columns.kind.add(row, record.kind);
  columns.method.add(row, record.method);
  columns.path.add(row, record.path);
  columns.clientAddress.add(row, record.clientAddress);
  columns.status.add(row, record.status);
  columns.durationMs.add(row, record.durationMs);
  columns.requestBytes.add(row, record.requestBytes);
  columns.responseBytes.add(row, record.responseBytes);
  columns.attempts.add(row, record.attempts);
}

function addCaller(columns: Columns, row: number, record: CallRecord): void {
  if (record.consumer !== undefined) columns.consumer.add(row, record.consumer);
  if (record.key !== undefined) columns.key.add(row, record.key);
  if (record.team !== undefined) columns.team.add(row, record.team);
  if (record.host !== undefined) columns.host.add(row, record.host);
  if (record.userAgent !== undefined) columns.userAgent.add(row, record.userAgent);
  if (record.conditional !== undefined) columns.conditional.add(row, Number(record.conditional));
  // What a call's id tells is not written: a trace that begins with it is the id, and its span the right half.
  if (record.traceId !== undefined && record.traceId !== record.id) columns.traceId.add(row, record.traceId);
  if (record.spanId !== undefined) columns.spanId.add(row, isRightHalf(record.spanId, record.id) ? "" : record.spanId);
}

function addUpstream(columns: Columns, row: number, record: CallRecord): void {
  if (record.firstByteMs !== undefined) columns.firstByteMs.add(row, record.firstByteMs);
  if (record.upstream !== undefined) columns.upstream.add(row, record.upstream);
  if (record.upstreamStatus !== undefined) columns.upstreamStatus.add(row, record.upstreamStatus);
  if (record.upstreamMs !== undefined) columns.upstreamMs.add(row, record.upstreamMs);
  if (record.steps !== undefined) columns.steps.add(row, JSON.stringify(record.steps));
  if (record.attemptLog !== undefined) columns.attemptLog.add(row, JSON.stringify(record.attemptLog));
}

function addService(columns: Columns, row: number, record: CallRecord): void {
  if (record.version !== undefined) columns.version.add(row, record.version);
  if (record.operation !== undefined) columns.operation.add(row, record.operation);
  if (record.uses !== undefined) columns.uses.add(row, record.uses);
  if (record.violations !== undefined) columns.violations.add(row, record.violations);
  if (record.canary !== undefined) columns.canary.add(row, Number(record.canary));
  if (record.cache !== undefined) columns.cache.add(row, record.cache);
  if (record.cacheSimilarity !== undefined) columns.cacheSimilarity.add(row, record.cacheSimilarity);
}

function addTrouble(columns: Columns, row: number, record: CallRecord): void {
  if (record.error !== undefined) columns.error.add(row, record.error);
  if (record.errorDetail !== undefined) columns.errorDetail.add(row, record.errorDetail);
  if (record.cause !== undefined) columns.cause.add(row, record.cause);
  if (record.conflict !== undefined) columns.conflict.add(row, record.conflict);
  if (record.cutBy !== undefined) columns.cutBy.add(row, record.cutBy);
  if (record.warnings !== undefined) columns.warnings.add(row, JSON.stringify(record.warnings));
  if (record.guardrails !== undefined) columns.guardrails.add(row, JSON.stringify(record.guardrails));
}

function addModel(columns: Columns, row: number, record: CallRecord): void {
  if (record.provider !== undefined) columns.provider.add(row, record.provider);
  if (record.modelRequested !== undefined) columns.modelRequested.add(row, record.modelRequested);
  if (record.model !== undefined) columns.model.add(row, record.model);
  if (record.dialectIn !== undefined) columns.dialectIn.add(row, record.dialectIn);
  if (record.dialectOut !== undefined) columns.dialectOut.add(row, record.dialectOut);
  if (record.stream !== undefined) columns.stream.add(row, Number(record.stream));
  if (record.finishReason !== undefined) columns.finishReason.add(row, record.finishReason);
  if (record.providerRequestId !== undefined) columns.providerRequestId.add(row, record.providerRequestId);
}

function addTokens(columns: Columns, row: number, record: CallRecord): void {
  if (record.inputTokens !== undefined) columns.inputTokens.add(row, record.inputTokens);
  if (record.outputTokens !== undefined) columns.outputTokens.add(row, record.outputTokens);
  if (record.cacheReadTokens !== undefined) columns.cacheReadTokens.add(row, record.cacheReadTokens);
  if (record.cacheWriteTokens !== undefined) columns.cacheWriteTokens.add(row, record.cacheWriteTokens);
  if (record.reasoningTokens !== undefined) columns.reasoningTokens.add(row, record.reasoningTokens);
  if (record.costUsd !== undefined) columns.costUsd.add(row, record.costUsd);
  if (record.costNanoUsd !== undefined) columns.costNanoUsd.add(row, record.costNanoUsd);
}

function isRightHalf(span: string, id: string): boolean {
  return span.length === id.length - 16 && id.endsWith(span);
}
