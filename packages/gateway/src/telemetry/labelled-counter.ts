/**
 * Hot path (benchmarks: http, scale). A counter with up to three labels; counting allocates nothing once a series exists. With
 * thousands of services what a call counts is not in the processor's caches: what is counted stands in one array for all of
 * them, and whoever counts the same series again and again keeps its place. Past the bound everything new is counted under
 * `other`: a metric never grows without end.
 */
import type { MetricFamily } from "@parley/contract/channel";

const maxSeries = 5_000;

/** So many are looked through quicker than a map finds one. */
const mostInRow = 8;

/** The series of one value of the first label. Whoever keeps one finds its series without a search for that value. */
export interface CounterRow {
  /** Null where there is none. */
  cells: Cell[] | null;
  /** By the second and third label, where there are more than can be looked through. */
  index: Map<string, Cell> | null;
}

interface Cell {
  readonly second: string;
  readonly third: string;
  /** Of its count among all. */
  readonly place: number;
}

export class LabelledCounter {
  #family: Pick<MetricFamily, "name" | "help">;
  #labels: readonly string[];
  #rows = new Map<string, CounterRow>();
  /** Of all series. */
  #counts = new Float64Array(16);
  #size = 0;

  constructor(name: string, help: string, labels: readonly [string, string?, string?]) {
    this.#family = { name, help };
    this.#labels = labels.filter((label) => label !== undefined);
  }

  add(value: number, first: string, second = "", third = ""): void {
    const row = this.#rows.get(first);
    if (row === undefined && this.#size >= maxSeries) this.addAt(this.#placeOfOthers(), value);
    else this.addAt(this.place(row ?? this.row(first), second, third), value);
  }

  /** A bounded number of them: a row without a series is not free. */
  row(first: string): CounterRow {
    let row = this.#rows.get(first);
    if (row === undefined) this.#rows.set(first, (row = { cells: null, index: null }));
    return row;
  }

  /** Of a series, for good. Past the bound that of all others, and for good as well: room for one more never comes again. */
  place(row: CounterRow, second = "", third = ""): number {
    const cell = cellOf(row, second, third) ?? (this.#size < maxSeries ? this.#begin(row, second, third) : null);
    return cell === null ? this.#placeOfOthers() : cell.place;
  }

  addAt(place: number, value: number): void {
    this.#counts[place] = (this.#counts[place] as number) + value;
  }

  family(extra: Record<string, string>): MetricFamily {
    const series: MetricFamily["series"] = [];
    for (const [first, { cells }] of this.#rows) {
      for (const { second, third, place } of cells ?? []) series.push({ labels: this.#labelsOf([first, second, third], extra), value: this.#counts[place] as number });
    }
    return { ...this.#family, type: "counter", series };
  }

  /** The last one of all, past the bound. */
  #placeOfOthers(): number {
    const row = this.row("other");
    return (cellOf(row, "", "") ?? this.#begin(row, "", "")).place;
  }

  #begin(row: CounterRow, second: string, third: string): Cell {
    const cell: Cell = { second, third, place: this.#size++ };
    if (cell.place === this.#counts.length) this.#counts = grown(this.#counts);
    // Most rows have one; what is added to an empty list takes room for seventeen.
    if (row.cells === null) row.cells = [cell];
    else row.cells.push(cell);
    const { cells } = row;
    if (row.index !== null) row.index.set(indexKey(second, third), cell);
    else if (cells.length > mostInRow) row.index = new Map(cells.map((one) => [indexKey(one.second, one.third), one]));
    return cell;
  }

  #labelsOf(values: readonly string[], extra: Record<string, string>): Record<string, string> {
    const labels: Record<string, string> = {};
    for (let index = 0; index < this.#labels.length; index++) labels[this.#labels[index] as string] = values[index] as string;
    return { ...labels, ...extra };
  }
}

function grown(counts: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(counts.length * 2);
  larger.set(counts);
  return larger;
}

function cellOf({ cells, index }: CounterRow, second: string, third: string): Cell | undefined {
  if (index !== null) return index.get(indexKey(second, third));
  if (cells === null) return undefined;
  for (let place = 0; place < cells.length; place++) {
    const cell = cells[place] as Cell;
    if (cell.second === second && cell.third === third) return cell;
  }
  return undefined;
}

function indexKey(second: string, third: string): string {
  return `${second}\n${third}`;
}
