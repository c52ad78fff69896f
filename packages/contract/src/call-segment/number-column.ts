/** Hot path (benchmarks: http, call-log-ingest). A member of call records that is a number, as a column of a batch. */
import { firstRows, mostRows, PresentRows } from "./present-rows.ts";
import type { ColumnForm, ParquetColumn } from "./parquet-file.ts";

export class NumberColumn {
  /** Numbers do not grow with what callers send. */
  readonly bytes = 0;
  readonly type = "number";
  #values = new Float64Array(firstRows);
  readonly #present = new PresentRows();

  /** What is no finite number is none. */
  add(row: number, value: number): void {
    if (!Number.isFinite(value)) return;
    if (this.#present.count === this.#values.length) this.#grow();
    this.#values[this.#present.count] = value;
    this.#present.add(row);
  }

  /** What there is of `rows` rows, leaving nothing; null where no row has a value. */
  take(form: ColumnForm, rows: number): ParquetColumn | null {
    const { count } = this.#present;
    if (count === 0) return null;
    const data = new Uint8Array(this.#values.buffer.slice(0, count * this.#values.BYTES_PER_ELEMENT));
    return { form, present: this.#present.take(rows), dictionary: null, data };
  }

  #grow(): void {
    const values = new Float64Array(Math.min(mostRows, this.#values.length * 4));
    values.set(this.#values);
    this.#values = values;
  }
}
