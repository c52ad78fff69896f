/** What a plot shows, and what it tells. */
import type { RoundStep } from "./axis-marks.ts";

export interface PlotSeries {
  label: string;
  /** One for each moment; null where there is nothing to say. */
  values: readonly (number | null)[];
  /** A token of theme/tokens.css, such as --error-mark. */
  colour: string;
  dashed?: boolean;
  filled?: boolean;
}

export interface PlotProps {
  title: string;
  /** Unix milliseconds, ascending. */
  moments: readonly number[];
  series: readonly PlotSeries[];
  /** A value with its unit, which those of an axis have in common: that of the `largest`. */
  text: (value: number, largest?: number) => string;
  /** What is round in that unit; powers of ten where it is absent. */
  step?: RoundStep | undefined;
  /** Plots with the same name share their cursor. */
  group: string;
  /** The last moment's values are of a step that still runs: what leads to them is shaded, and the title says so. */
  running?: boolean | undefined;
  onRange?: ((from: number, to: number) => void) | undefined;
  onMoment?: ((index: number) => void) | undefined;
}
