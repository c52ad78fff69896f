/**
 * Hot path (benchmarks: http). A counter with up to three labels, kept as nested maps so that counting allocates nothing
 * once a series exists. Past the bound everything new is counted under `other`: a metric never grows without end.
 */
import type { MetricFamily } from "@parley/contract/channel";

const maxSeries = 5_000;

/** Counted in place, so that counting neither looks up a second time nor allocates. */
interface Cell {
  count: number;
}

export class LabelledCounter {
  #family: Pick<MetricFamily, "name" | "help">;
  #labels: readonly string[];
  #series = new Map<string, Map<string, Map<string, Cell>>>();
  #size = 0;

  constructor(name: string, help: string, labels: readonly [string, string?, string?]) {
    this.#family = { name, help };
    this.#labels = labels.filter((label) => label !== undefined);
  }

  add(value: number, first: string, second = "", third = ""): void {
    const cell = this.#series.get(first)?.get(second)?.get(third);
    if (cell === undefined) this.#begin(value, [first, second, third]);
    else cell.count += value;
  }

  family(extra: Record<string, string>): MetricFamily {
    const series: MetricFamily["series"] = [];
    for (const [first, seconds] of this.#series) {
      for (const [second, thirds] of seconds) {
        for (const [third, cell] of thirds) series.push({ labels: this.#labelsOf([first, second, third], extra), value: cell.count });
      }
    }
    return { ...this.#family, type: "counter", series };
  }

  #begin(value: number, labels: [string, string, string]): void {
    const [first, second, third] = this.#size >= maxSeries ? (["other", "", ""] as const) : labels;
    let seconds = this.#series.get(first);
    if (!seconds) this.#series.set(first, (seconds = new Map()));
    let thirds = seconds.get(second);
    if (!thirds) seconds.set(second, (thirds = new Map()));
    const cell = thirds.get(third);
    // What is counted under `other` may be known.
    if (cell !== undefined) cell.count += value;
    else {
      this.#size++;
      thirds.set(third, { count: value });
    }
  }

  #labelsOf(values: readonly string[], extra: Record<string, string>): Record<string, string> {
    const labels: Record<string, string> = {};
    for (let index = 0; index < this.#labels.length; index++) labels[this.#labels[index] as string] = values[index] as string;
    return { ...labels, ...extra };
  }
}
