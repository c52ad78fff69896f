/** What the live plot shows: two minutes that end with the last second. */
import { type Second, secondsKept } from "./use-seconds.ts";

export interface PlottedSeconds {
  moments: readonly number[];
  /** The values of one line. */
  line: (value: (second: Second) => number) => (number | null)[];
}

/** `openedAt` (Unix milliseconds) stands where no second has come yet. */
export function plottedSeconds(seconds: readonly Second[], openedAt: number): PlottedSeconds {
  const first = seconds[0];
  // A figure is of the second before its moment, so that the first of them is a line as well.
  const firstFrom = first === undefined ? openedAt : first.at - 1_000;
  // Two minutes wide from the first second on, so that a plot that has just begun has its axes, and does not shrink as it goes.
  const begin = Math.min(firstFrom - 1, (seconds.at(-1)?.at ?? openedAt) - secondsKept * 1_000);
  return {
    moments: [begin, firstFrom, ...seconds.map(({ at }) => at)],
    line: (value) => [null, first === undefined ? null : value(first), ...seconds.map(value)],
  };
}
