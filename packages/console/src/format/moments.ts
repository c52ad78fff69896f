/** Moments: relative to be read, absolute (with the zone's name) to be sure. */

const steps: [limitMs: number, unitMs: number, unit: string][] = [
  [60_000, 1_000, "s"],
  [3_600_000, 60_000, "min"],
  [86_400_000, 3_600_000, "h"],
  [30 * 86_400_000, 86_400_000, "d"],
  [365 * 86_400_000, 30 * 86_400_000, "mo"],
];

export function relativeText(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 2_000) return "now";
  const [, unitMs, unit] = steps.find(([limit]) => distance < limit) ?? [0, 365 * 86_400_000, "y"];
  const text = `${Math.floor(distance / unitMs)} ${unit}`;
  return at <= now ? `${text} ago` : `in ${text}`;
}

const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const dayAndClock = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

const momentWithDay = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });

/** Short, for the ends of a range. */
export function momentText(at: number): string {
  return momentWithDay.format(at);
}

/** The zone in which times are read here. */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function absoluteText(at: number): string {
  return absolute.format(at);
}

/** Time of day with milliseconds within the last day, else with the date. */
export function clockText(at: number, now: number): string {
  return Math.abs(now - at) < 12 * 3_600_000 ? clock.format(at) : dayAndClock.format(at);
}

const isoMoment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence of the admin API with its moments as they are read here. */
export function withMoments(text: string, now: number): string {
  return text.replaceAll(isoMoment, (moment) => clockText(Date.parse(moment), now));
}
