/** How long an upstream asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */

/** What is longer is as good as never, and is a number that fits everywhere. */
const longestMs = 1_000_000_000_000;

/** In milliseconds; undefined where it does not say. */
export function retryAfterMs(fields: readonly string[], nowMs: number): number | undefined {
  let found: number | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] ?? "").toLowerCase();
    const value = (fields[index + 1] ?? "").trim();
    if (name === "retry-after-ms" && /^\d+(?:\.\d+)?$/.test(value)) return Math.min(Number(value), longestMs);
    if (name === "retry-after") found ??= readDelay(value, nowMs);
  }
  return found === undefined ? undefined : Math.min(found, longestMs);
}

/** Some AI providers write a unit, against the standard: 20s, 300ms. */
function readDelay(value: string, nowMs: number): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/i.exec(value) ?? [];
  if (number !== undefined) return Number(number) * (unit?.toLowerCase() === "ms" ? 1 : 1000);
  // To Date.parse -1 and "later 5" are days of the year 2001, after which nobody would wait at all.
  if (!/\d:\d\d/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
