/**
 * Quantities as people write them (`10s`, `16KiB`, `50 USD`) and as the program computes with them.
 * Inside the program a duration is a number of milliseconds and a size a number of bytes, and the name says so.
 */
import { z } from "zod";

const millisecondsPerUnit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A hundred years: what is longer leads to moments that no date has. */
const longestMs = 36_500 * 86_400_000;
const tooLong = "at most 36500d";
const longestTimerMs = 24 * 86_400_000;
const bytesPerUnit = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, KB: 1000, MB: 1000 ** 2, GB: 1000 ** 3 } as const;

/** Parses `500ms`, `10s`, `5m`, `24h`, `30d`, `1.5h` to milliseconds; null if it is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|m|h|d)$/.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * millisecondsPerUnit[match[2] as keyof typeof millisecondsPerUnit]);
}

/** Parses `512B`, `16KiB`, `32MiB`, `10MB` to bytes; null if it is not a size. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?) ?(B|KiB|MiB|GiB|KB|MB|GB)$/.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * bytesPerUnit[match[2] as keyof typeof bytesPerUnit]);
}

/** Parses `50 USD` to an amount; null if it is not money. */
export function parseMoney(text: string): { amount: number; currency: "USD" } | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?) ?USD$/.exec(text);
  return match ? { amount: Number(match[1]), currency: "USD" } : null;
}

/** A duration in configuration: written with its unit, read as milliseconds. */
export const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null && milliseconds <= longestMs) return milliseconds;
  context.addIssue({ code: "custom", message: milliseconds === null ? `"${text}" is not a duration; write it as 500ms, 10s, 5m, 24h or 30d` : tooLong });
  return z.NEVER;
});

/** A duration that a timer waits for: past 24 days Node's timers fire at once. */
export const timerDuration = duration.refine((milliseconds) => milliseconds <= longestTimerMs, "at most 24d");

/** A size in configuration: written with its unit, read as bytes. */
export const size = z.string().transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== null) return bytes;
  context.addIssue({ code: "custom", message: `"${text}" is not a size; write it as 512B, 16KiB or 32MiB` });
  return z.NEVER;
});

/** An amount of money in configuration. */
export const money = z.string().transform((text, context) => {
  const amount = parseMoney(text);
  if (amount) return amount;
  context.addIssue({ code: "custom", message: `"${text}" is not an amount of money; write it as "50 USD"` });
  return z.NEVER;
});

/** The period of a limit: a duration, or a calendar day or month. */
export const period = z.string().transform((text, context): { kind: "rolling"; milliseconds: number } | { kind: "calendar"; unit: "day" | "month" } => {
  if (text === "day" || text === "month") return { kind: "calendar", unit: text };
  const milliseconds = parseDuration(text);
  if (milliseconds !== null && milliseconds > 0 && milliseconds <= longestMs) return { kind: "rolling", milliseconds };
  context.addIssue({ code: "custom", message: milliseconds !== null && milliseconds > longestMs ? tooLong : `"${text}" is not a period; write it as 10s, 1m, 1h, day or month` });
  return z.NEVER;
});
export type Period = z.output<typeof period>;
