/** Conflicts and guarantees as the admin API shows them. */
import { z } from "zod";
import { atMost, cursor, fromTime, ofService, queryText, toTime } from "./search-parameters.ts";
import { conflictCause, guaranteeLevel } from "../conflicts/cause.ts";
import { conflictRecord, conflictState } from "../conflicts/record.ts";

/** In the query language, as far as its fields are a conflict's too (docs/query-language.md). */

export const conflictQuery = z.object({
  query: queryText,
  service: ofService,
  state: conflictState.optional().describe("Only those that stand so; `potential` are those that have not happened yet."),
  cause: conflictCause.optional().describe("Only those of this cause."),
  consumer: z.string().optional().describe("Only those in which this consumer took part, by its name."),
  resource: z.string().optional().describe("Only those over this resource: its path on the gateway, without the query."),
  call: z.string().optional().describe("Only the one that this call met, by the call's id."),
  origin: z.enum(["gateway", "upstream"]).optional().describe("Only those where this one said no; `upstream` are those that the upstream refused by itself, and that were explained."),
  from: fromTime(),
  to: toTime(),
  limit: atMost(1_000, 100),
  after: cursor,
});

/** Newest first; `next` is null on the last page. */
export const conflictPage = z.object({ items: z.array(conflictRecord), next: z.string().nullable() });

export const conflictSummaryQuery = z.object({
  query: queryText,
  service: ofService,
  from: fromTime("without it a day before `to`"),
  to: toTime(),
});

const tally = { count: z.number(), lastAt: z.number() };

/** How many conflicts of which kind, without the potential ones, which have not happened. */
export const conflictSummary = z.object({
  from: z.number(),
  to: z.number(),
  total: z.number(),
  kinds: z.array(z.object({ service: z.string(), state: conflictState, cause: conflictCause, origin: z.enum(["gateway", "upstream"]), ...tally })),
  /** The resources with the most, the worst first. */
  resources: z.array(z.object({ service: z.string(), resource: z.string(), ...tally })),
  /** At this moment. */
  potential: z.number(),
  /** False where a query fits so many that only the newest were counted. */
  isComplete: z.boolean(),
});
export type ConflictSummary = z.infer<typeof conflictSummary>;

/** Who collides with whom on what: `by` met the conflict, `with` is whom it collided with; null where that is not known. The worst first. */
export const conflictMatrix = z.object({
  from: z.number(),
  to: z.number(),
  /** From how many conflicts, the newest of the range. */
  counted: z.number(),
  /** False where there were more conflicts, or more pairs, than are counted or shown. */
  isComplete: z.boolean(),
  cells: z.array(
    z.object({
      by: z.string().nullable(),
      with: z.string().nullable(),
      count: z.number(),
      /** How many of them were updates lost unnoticed. */
      lost: z.number(),
      lastAt: z.number(),
      causes: z.array(z.object({ cause: conflictCause, count: z.number() })),
      /** Those with the most. */
      resources: z.array(z.object({ service: z.string(), resource: z.string(), count: z.number() })),
    }),
  ),
});
export type ConflictMatrix = z.infer<typeof conflictMatrix>;

/** What a service's writers can rely on, and why it is not more. */
export const routeGuarantee = z.object({
  service: z.string(),
  mode: z.enum(["off", "observe", "enforce", "require"]),
  level: guaranteeLevel,
  reason: z.string(),
});
export type RouteGuarantee = z.infer<typeof routeGuarantee>;
