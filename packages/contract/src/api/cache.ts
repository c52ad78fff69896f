/** What the gateway keeps of services' answers. */
import { z } from "zod";
import { ofService } from "./search-parameters.ts";

/** Reads since the gateway began, by what was kept did for them. */
const uses = z.object({ hit: z.number(), stale: z.number(), revalidated: z.number(), miss: z.number(), bypass: z.number() });

/** One worker's view, as it crosses the channel. */
const cacheState = z.object({ service: z.string(), answers: z.number(), bytes: z.number(), reads: uses });
export type CacheState = z.output<typeof cacheState>;
export type CacheReads = z.output<typeof uses>;

export const cacheList = z.object({
  items: z.array(
    cacheState.extend({
      /** The share of reads for which the service had no body to send: from 0 to 1; null before the first read. */
      hitShare: z.number().nullable(),
    }),
  ),
});

export const cachePurge = z.object({
  service: ofService,
  path: z.string().startsWith("/", "a path on the gateway begins with /").max(2_048).optional().describe("A path on the gateway: what is kept of it, with any query, and of all that lies below."),
});
export const purged = z.object({
  /** How many kept answers are gone, over all workers. */
  answers: z.number(),
  workers: z.number(),
});
