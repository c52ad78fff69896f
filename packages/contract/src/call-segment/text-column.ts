/**
 * Hot path (benchmarks: http, call-log-ingest). A member of call records that is text, as a column of a batch: each value once and a place
 * for each row where values repeat, one after the other where they do not.
 */
import { varint } from "./compact-protocol.ts";
import type { ColumnForm, ParquetColumn } from "./parquet-file.ts";
import { firstRows, mostRows, PresentRows } from "./present-rows.ts";

const firstBytes = 1024;
/** What one batch of long values needed is not kept for those after it. */
const mostKeptBytes = 1024 * 1024;
/** Up to so many a dictionary is never dear. */
const fewValues = 64;
/** Of a column whose values did not repeat, it is looked at again whether they do after so many batches. */
const lookAgainAfter = 20;

export class TextColumn {
  readonly type: "text" | "json";
  #data = Buffer.allocUnsafeSlow(firstBytes);
  #used = 0;
  readonly #present = new PresentRows();
  /** Null where values do not repeat. */
  #places: Map<string, number> | null = new Map();
  #placeOfRow = new Uint16Array(firstRows);
  #last = "";
  #lastPlace = -1;
  #batchesUntilLook = 0;

  constructor({ type, repeats }: { type: "text" | "json"; repeats: boolean }) {
    this.type = type;
    if (repeats) return;
    this.#places = null;
    this.#batchesUntilLook = Infinity;
  }

  add(row: number, value: string): void {
    if (this.#places === null) this.#write(value);
    else {
      if (this.#present.count === this.#placeOfRow.length) this.#grow();
      this.#placeOfRow[this.#present.count] = value === this.#last && this.#lastPlace !== -1 ? this.#lastPlace : this.#placeOf(this.#places, value);
    }
    this.#present.add(row);
  }

  get bytes(): number {
    return this.#used;
  }

  take(form: ColumnForm, rows: number): ParquetColumn | null {
    const { count } = this.#present;
    if (count === 0) return null;
    const values = new Uint8Array(this.#data.subarray(0, this.#used));
    const column = { form, present: this.#present.take(rows) };
    const taken: ParquetColumn = this.#places === null
      ? { ...column, dictionary: null, data: values }
      : { ...column, dictionary: { values: this.#places.size, data: values }, data: placesOf(this.#placeOfRow, count, this.#places.size) };
    this.#chooseForm(count);
    this.#begin();
    return taken;
  }

  /** For the next batch, by how often values came again in this one. */
  #chooseForm(count: number): void {
    if (this.#places === null) {
      if (--this.#batchesUntilLook <= 0) this.#places = new Map();
    } else if (this.#places.size > fewValues && this.#places.size * 2 > count) {
      this.#places = null;
      this.#batchesUntilLook = lookAgainAfter;
    } else this.#places.clear();
  }

  #begin(): void {
    this.#lastPlace = -1;
    this.#last = "";
    this.#used = 0;
    if (this.#data.length > mostKeptBytes) this.#data = Buffer.allocUnsafeSlow(firstBytes);
  }

  #placeOf(places: Map<string, number>, value: string): number {
    let place = places.get(value);
    if (place === undefined) {
      place = places.size;
      places.set(value, place);
      this.#write(value);
    }
    this.#last = value;
    this.#lastPlace = place;
    return place;
  }

  /** Its length, and then its bytes. A lone surrogate, which is no Unicode, becomes U+FFFD. */
  #write(value: string): void {
    const most = 4 + value.length * 3;
    if (this.#used + most > this.#data.length) this.#enlarge(most);
    const length = this.#data.write(value, this.#used + 4, "utf8");
    const data = this.#data;
    data[this.#used] = length;
    data[this.#used + 1] = length >>> 8;
    data[this.#used + 2] = length >>> 16;
    data[this.#used + 3] = length >>> 24;
    this.#used += 4 + length;
  }

  #enlarge(most: number): void {
    const data = Buffer.allocUnsafeSlow(Math.max(this.#data.length * 2, this.#used + most));
    this.#data.copy(data, 0, 0, this.#used);
    this.#data = data;
  }

  #grow(): void {
    const places = new Uint16Array(Math.min(mostRows, this.#placeOfRow.length * 4));
    places.set(this.#placeOfRow);
    this.#placeOfRow = places;
  }
}

/** Places in a dictionary of so many values: their width in bits, and one run. */
function placesOf(places: Uint16Array, count: number, values: number): Uint8Array {
  if (values === 1) return Uint8Array.from([8, ...varint(count * 2), 0]);
  const groups = Math.ceil(count / 8);
  const width = values <= 256 ? 1 : 2;
  const head = [width * 8, ...varint(groups * 2 + 1)];
  const data = new Uint8Array(head.length + groups * 8 * width);
  data.set(head);
  if (width === 1) data.set(places.subarray(0, count), head.length);
  else data.set(new Uint8Array(places.buffer, 0, count * 2), head.length);
  return data;
}
