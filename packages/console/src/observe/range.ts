/** Ranges of time: the last so long, which goes on, or between two moments, which stays. */
import { momentText } from "../format/moments.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const spans = {
  "5m": { ms: 5 * minuteMs, text: "Last 5 minutes" },
  "15m": { ms: 15 * minuteMs, text: "Last 15 minutes" },
  "1h": { ms: hourMs, text: "Last hour" },
  "6h": { ms: 6 * hourMs, text: "Last 6 hours" },
  "24h": { ms: dayMs, text: "Last 24 hours" },
  "7d": { ms: 7 * dayMs, text: "Last 7 days" },
  "30d": { ms: 30 * dayMs, text: "Last 30 days" },
  "90d": { ms: 90 * dayMs, text: "Last 90 days" },
  "365d": { ms: 365 * dayMs, text: "Last year" },
} as const;

export type Span = keyof typeof spans;
export const allSpans = Object.keys(spans) as Span[];

export type Range = { kind: "last"; span: Span } | { kind: "between"; from: number; to: number };

export function isSpan(text: string): text is Span {
  return Object.hasOwn(spans, text);
}

export function spanText(span: Span): string {
  return spans[span].text;
}

export function rangeText(range: Range): string {
  if (range.kind === "last") return spanText(range.span);
  return `${momentText(range.from)} – ${momentText(range.to)}`;
}

/** In Unix milliseconds. One that goes on starts at a whole minute, so that a look is not another question each second. */
export function boundsOf(range: Range, now: number): { from: number; to?: number } {
  if (range.kind === "between") return { from: range.from, to: range.to };
  return { from: Math.floor((now - spans[range.span].ms) / minuteMs) * minuteMs };
}

function widthOf(range: Range): number {
  return range.kind === "between" ? range.to - range.from : spans[range.span].ms;
}

/** The range of the same width before it, or after it. */
export function shifted(range: Range, now: number, direction: -1 | 1): Range {
  const { from } = boundsOf(range, now);
  const width = widthOf(range);
  const start = Math.min(from + direction * width, now - width);
  return { kind: "between", from: start, to: start + width };
}

/** Three times as wide, around the same middle, and not into the future. */
export function widened(range: Range, now: number): Range {
  if (range.kind === "last") return { kind: "last", span: allSpans[Math.min(allSpans.length - 1, allSpans.indexOf(range.span) + 1)] ?? range.span };
  const width = 3 * widthOf(range);
  const to = Math.min(now, range.to + width / 3);
  return { kind: "between", from: Math.max(0, to - width), to };
}
