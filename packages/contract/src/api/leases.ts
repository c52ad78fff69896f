/** Leases as the admin API shows them. */
import { z } from "zod";
import { atMost, ofService } from "./search-parameters.ts";

export const shownLease = z.object({
  /** 32 hexadecimal digits. */
  id: z.string(),
  service: z.string(),
  /** Path on the gateway that is locked, without the query. */
  resource: z.string(),
  /** A consumer's name, or `anonymous`. */
  holder: z.string(),
  /** Grows with every lease of the resource; upstreams get it as `Parley-Fence`. */
  fence: z.number(),
  /** Unix milliseconds. */
  acquiredAt: z.number(),
  expiresAt: z.number(),
  /** For If-Match, to break this lease and no later one. */
  etag: z.string(),
});
export type ShownLease = z.infer<typeof shownLease>;

export const leaseQuery = z.object({ service: ofService, limit: atMost(1_000, 100) });

/** The newest first. */
export const leaseList = z.object({ items: z.array(shownLease) });
