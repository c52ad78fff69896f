/**
 * Hot path (benchmarks: http). A counter with up to three labels; counting allocates nothing once a series exists. With
 * thousands of services what a call counts is not in the processor's caches: what belongs to one value of the first label
 * lies together. Past the bound everything new is counted under `other`: a metric never grows without end.
 */
import type { MetricFamily } from "@parley/contract/channel";

const maxSeries = 5_000;

/** Counted in place, so that counting neither looks up a second time nor allocates. */
interface Cell {
  readonly second: string;
  readonly third: string;
  count: number;
}

/** So many are looked through quicker than a map finds one. */
const mostInRow = 8;

/** The series of one value of the first label. */
interface Row {
  cells: Cell[];
  /** By the second and third label, where there are more than can be looked through. */
  index: Map<string, Cell> | null;
}

export class LabelledCounter {
  #family: Pick<MetricFamily, "name" | "help">;
  #labels: readonly string[];
  #rows = new Map<string, Row>();
  #size = 0;

  constructor(name: string, help: string, labels: readonly [string, string?, string?]) {
    this.#family = { name, help };
    this.#labels = labels.filter((label) => label !== undefined);
  }

  add(value: number, first: string, second = "", third = ""): void {
    const row = this.#rows.get(first);
    const cell = row === undefined ? undefined : cellOf(row, second, third);
    if (cell !== undefined) cell.count += value;
    else this.#begin(first, second, third).count += value;
  }

  family(extra: Record<string, string>): MetricFamily {
    const series: MetricFamily["series"] = [];
    for (const [first, { cells }] of this.#rows) {
      for (const { second, third, count } of cells) series.push({ labels: this.#labelsOf([first, second, third], extra), value: count });
    }
    return { ...this.#family, type: "counter", series };
  }

  #begin(first: string, second: string, third: string): Cell {
    if (this.#size >= maxSeries) {
      const other = this.#rows.get("other");
      const known = other && cellOf(other, "", "");
      return known ?? this.#put("other", "", "");
    }
    return this.#put(first, second, third);
  }

  #put(first: string, second: string, third: string): Cell {
    let row = this.#rows.get(first);
    if (row === undefined) this.#rows.set(first, (row = { cells: [], index: null }));
    const cell: Cell = { second, third, count: 0 };
    row.cells.push(cell);
    this.#size++;
    if (row.index !== null) row.index.set(indexKey(second, third), cell);
    else if (row.cells.length > mostInRow) row.index = new Map(row.cells.map((one) => [indexKey(one.second, one.third), one]));
    return cell;
  }

  #labelsOf(values: readonly string[], extra: Record<string, string>): Record<string, string> {
    const labels: Record<string, string> = {};
    for (let index = 0; index < this.#labels.length; index++) labels[this.#labels[index] as string] = values[index] as string;
    return { ...labels, ...extra };
  }
}

function cellOf({ cells, index }: Row, second: string, third: string): Cell | undefined {
  if (index !== null) return index.get(indexKey(second, third));
  for (let place = 0; place < cells.length; place++) {
    const cell = cells[place] as Cell;
    if (cell.second === second && cell.third === third) return cell;
  }
  return undefined;
}

function indexKey(second: string, third: string): string {
  return `${second}\n${third}`;
}
