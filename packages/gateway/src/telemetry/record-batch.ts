/**
 * Hot path (benchmarks: http, call-log-ingest). Call records on their way into a segment of the spool: as columns where they are many, and
 * as lines where they are few, as a file of columns has a beginning and an end that cost as much as some hundred calls. What the batch
 * before had says which; lines that become many after all are taken at once.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { CallBatch } from "@parley/contract/call-segment/call-batch";
import { LineBatch } from "./line-batch.ts";

/** From so many on columns cost less. */
export const manyRows = 400;

export class RecordBatch {
  readonly #lines = new LineBatch();
  readonly #columns = new CallBatch();
  #areFew = true;

  get #form(): LineBatch | CallBatch {
    return this.#areFew ? this.#lines : this.#columns;
  }

  get ending(): "parquet" | "ndjson" {
    return this.#form.ending;
  }

  get rows(): number {
    return this.#form.rows;
  }

  get isFull(): boolean {
    return this.#form.isFull || (this.#areFew && this.#lines.rows >= manyRows);
  }

  /** False where it does not fit. */
  add(record: CallRecord): boolean {
    return this.#areFew ? this.#lines.add(JSON.stringify(record)) : this.#columns.add(record);
  }

  take(): Uint8Array {
    const { rows } = this;
    const segment = this.#form.take();
    this.#areFew = rows < manyRows;
    return segment;
  }
}
