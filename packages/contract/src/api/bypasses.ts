/** Writes past the gateway, as the admin API shows them. */
import { z } from "zod";

const shownBypass = z.object({
  service: z.string(),
  /** Path on the gateway: where the last one was found. */
  resource: z.string(),
  /** Unix milliseconds. */
  foundAt: z.number(),
  /** Where they were found, the last first: how many revisions nobody made through the gateway, as far back as the history goes. */
  resources: z.array(z.object({ resource: z.string(), count: z.number(), firstAt: z.number(), lastAt: z.number() })),
  /** For If-Match, to forget this one and none that is found later. */
  etag: z.string(),
});
export type ShownBypass = z.infer<typeof shownBypass>;

/** One a service, of the last 30 days. */
export const bypassList = z.object({ items: z.array(shownBypass) });
