/** Parameters that many questions of the admin API take, each described once. */
import { z } from "zod";
import { countCursor } from "./count-cursor.ts";
import { instant } from "./instant.ts";

const written = "Unix milliseconds, or a time such as 2026-11-01 or 2026-11-01T12:00:00Z";

export const queryText = z.string().max(4_000).optional().describe("Only what this finds, in the query language (docs/query-language.md).");
export const ofService = z.string().optional().describe("Only of this service, by its name.");
export const cursor = countCursor.optional().describe("Where to go on: what `next` of the page before was.");

/** Inclusive. `without`: what holds where it is left out. */
export function fromTime(without = "without it from the beginning") {
  return instant.optional().describe(`From when on, inclusive: ${written}; ${without}.`);
}

/** Exclusive. */
export function toTime(without = "without it until now") {
  return instant.optional().describe(`Until when, exclusive: ${written}; ${without}.`);
}

/** How many are listed. */
export function atMost(most: number, usual: number, what = "How many are listed at most.") {
  return z.coerce.number().int().min(1).max(most).default(usual).describe(what);
}
