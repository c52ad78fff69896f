/** Where an axis from zero has its marks: at steps that read round in the unit in which they are written. */

/** The least round step that is no less than `least`, on an axis that goes up to `largest`. */
export type RoundStep = (least: number, largest: number) => number;

export function axisMarks(largest: number, { atMost, step }: { atMost: number; step: RoundStep }): number[] {
  // Of the next one there is no room any more.
  const width = step((largest / (atMost + 1)) * 1.000_001, largest);
  // Times the number, and not added up: sums of fractions drift.
  return Array.from({ length: Math.floor(largest / width + 1e-9) + 1 }, (_, index) => index * width);
}

/** 1, 2 and 5 of every power of ten. */
export function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const digit = [1, 2, 5].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  // A negative power of ten is not exact, one tenth of a power is.
  return power < 1 ? digit / Math.round(1 / power) : digit * power;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const clockStepsMs = [15 * secondMs, 30 * secondMs, minuteMs, 2 * minuteMs, 5 * minuteMs, 10 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 6 * hourMs, 12 * hourMs, 24 * hourMs];

/** Of milliseconds, which are read as seconds, minutes and hours. */
export function durationStep(least: number): number {
  return least <= 10 * secondMs ? decimalStep(least) : (clockStepsMs.find((one) => one >= least) ?? decimalStep(least / hourMs) * hourMs);
}

/** Of bytes, which are read in powers of 1,024. */
export function sizeStep(least: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(least)));
}
