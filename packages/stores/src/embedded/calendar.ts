/** When the current day or month ends in UTC, as Unix milliseconds. */
export function calendarWindowEnd(unit: "day" | "month", now: number): number {
  const date = new Date(now);
  if (unit === "day") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
