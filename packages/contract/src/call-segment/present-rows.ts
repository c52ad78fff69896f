/**
 * Hot path (benchmarks: http, call-log-ingest). Which rows of a batch have a value of a column. Most columns have one in every row
 * or in none, so that rows are written down only from the first on that was left out.
 */

/** A column grows to as many as it needs. */
export const firstRows = 64;
/** So many are one file at most: places in a dictionary are then of two bytes. */
export const mostRows = 8_192;

export class PresentRows {
  count = 0;
  /** How many there were when a row was left out for the first time; those before have a value each. */
  #first = -1;
  #rows = new Uint16Array(0);

  /** Rows come in order. */
  add(row: number): void {
    if (row !== this.count) this.#note(row);
    this.count++;
  }

  /** One bit a row, leaving nothing; null where all have one. */
  take(rows: number): Uint8Array | null {
    const { count } = this;
    const first = this.#first === -1 ? count : this.#first;
    this.count = 0;
    this.#first = -1;
    if (count === rows) return null;
    const bits = new Uint8Array(Math.ceil(rows / 8));
    for (let index = 0; index < count; index++) {
      const row = index < first ? index : (this.#rows[index] as number);
      bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
    }
    return bits;
  }

  #note(row: number): void {
    if (this.#first === -1) this.#first = this.count;
    if (this.count >= this.#rows.length) this.#grow();
    this.#rows[this.count] = row;
  }

  #grow(): void {
    const rows = new Uint16Array(Math.min(mostRows, Math.max(firstRows, this.count * 4)));
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
