/** What a key may be used for, of all that its consumer may do. What is left out is not narrowed. */
import { z } from "zod";
import { isInCalendar } from "./calendar.ts";

const names = z.array(z.string().min(1)).min(1).max(1000);

export const keyScopes = z.strictObject({
  /** Names of services, and `ai`. */
  services: names.optional(),
  /** Of services that have versions. */
  versions: names.optional(),
  methods: z.array(z.string().regex(/^[A-Z]+$/, "a method in capitals, such as GET")).min(1).max(50).optional(),
  /** Names of models as callers write them; a * at the end stands for any ending. */
  models: names.optional(),
});
export type KeyScopes = z.output<typeof keyScopes>;

/** A moment (RFC 3339), or a day: its beginning, in UTC. */
export const moment = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}(?:T.*(?:Z|[+-]\d{2}:\d{2}))?$/.test(text) && isInCalendar(text), "a day such as 2027-01-31, or a moment such as 2027-01-31T12:00:00Z");
