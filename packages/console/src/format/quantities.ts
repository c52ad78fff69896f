/** Quantities as people read them. Every one carries its unit. */
import { decimalStep } from "../plots/axis-marks.ts";

export function durationText(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`;
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(`${minutes} min`, seconds % 60, "s");
  return withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

function withRest(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text} ${rest} ${unit}`;
}

const sizes = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function sizeText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < sizes.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit > 0 && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${sizes[unit]}`;
}

const amounts = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Small amounts keep two significant digits: a call's price is often a fraction of a cent. */
export function costText(usd: number): string {
  if (usd === 0) return "$0";
  if (usd >= 1_000) return `$${amounts.format(usd)}`;
  if (usd >= 0.1) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(Math.min(10, 1 - Math.floor(Math.log10(usd))))}`;
}

const whole = new Intl.NumberFormat("en-US");

export function countText(count: number): string {
  return whole.format(count);
}

/** `1 key`, `2 keys`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${countText(count)} ${count === 1 ? singular : plural}`;
}

/** A share of 1. */
export function percentText(share: number | null): string {
  if (share === null) return "–";
  if (share === 0) return "0 %";
  const percent = share * 100;
  if (percent < 0.01) return "< 0.01 %";
  if (percent >= 1_000) return `${whole.format(Math.round(percent))} %`;
  return `${percent < 0.995 ? percent.toFixed(2) : percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** From here on a rate is read by the second, under it by the hour. */
const leastBySecond = 0.05;
const hourSeconds = 3_600;

/** Calls a second; few of them by the hour. `largest` is of those that it stands among, which all have one unit. */
export function rateText(perSecond: number, largest = perSecond): string {
  if (perSecond === 0) return "0/s";
  if (largest < leastBySecond) return `${(perSecond * hourSeconds).toFixed(largest < 0.01 ? 1 : 0)}/h`;
  return largest < 10 ? `${perSecond.toFixed(2)}/s` : `${shortCountText(perSecond)}/s`;
}

/** A step between rates that is round in the unit in which those up to `largest` are read. */
export function rateStep(least: number, largest: number): number {
  return largest < leastBySecond ? decimalStep(least * hourSeconds) / hourSeconds : decimalStep(least);
}

/** Large counts in three digits: 18.3M. */
export function shortCountText(count: number): string {
  if (count < 1_000) return whole.format(Math.round(count));
  const [unitSize, unit] = count < 999_500 ? [1_000, "k"] : count < 999_500_000 ? [1_000_000, "M"] : count < 999_500_000_000 ? [1_000_000_000, "G"] : [1_000_000_000_000, "T"];
  const amount = count / unitSize;
  return `${amount < 10 ? amount.toFixed(2) : amount < 100 ? amount.toFixed(1) : Math.round(amount)}${unit}`;
}
