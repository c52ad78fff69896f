/** A moment in a query parameter. */
import { z } from "zod";
import { isInCalendar } from "../config/calendar.ts";

/** What a `Date` can be. */
const latest = 8.64e15;
const written = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+ -]\d\d:\d\d)?)?$/;

/** Unix milliseconds, or as people write it (RFC 3339); without a zone it is UTC. Read as Unix milliseconds. */
export const instant = z
  .preprocess((value) => millisecondsOf(String(value)), z.number({ error: "a time is Unix milliseconds, or written 2026-11-01 or 2026-11-01T12:00:00Z" }))
  .describe("Unix milliseconds, or a time such as 2026-11-01 or 2026-11-01T12:00:00Z.");

function millisecondsOf(text: string): number {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Math.abs(Number(text)) <= latest ? Number(text) : Number.NaN;
  if (!written.test(text) || !isInCalendar(text.slice(0, 10))) return Number.NaN;
  // A plus that was not escaped came as a space.
  const moment = text.replace(" ", "+");
  return Date.parse(moment.includes("T") && !/(?:Z|[+-]\d\d:\d\d)$/.test(moment) ? `${moment}Z` : moment);
}
