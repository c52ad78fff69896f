/** How long an upstream asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */

/** In milliseconds; undefined where it does not say. */
export function retryAfterMs(fields: readonly string[], nowMs: number): number | undefined {
  let found: number | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] ?? "").toLowerCase();
    const value = (fields[index + 1] ?? "").trim();
    if (name === "retry-after-ms" && /^\d+(?:\.\d+)?$/.test(value)) return Number(value);
    if (name === "retry-after") found ??= readDelay(value, nowMs);
  }
  return found;
}

/** Some AI providers write a unit, against the standard: 20s, 300ms. */
function readDelay(value: string, nowMs: number): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/i.exec(value) ?? [];
  if (number !== undefined) return Number(number) * (unit?.toLowerCase() === "ms" ? 1 : 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
