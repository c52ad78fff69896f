/** A new release of a service, or of one of its versions, that gets a part of the calls. */
import { z } from "zod";
import { httpUrl } from "./names.ts";

export const canary = z
  .strictObject({
    /** Whose calls it shares; all of them where the service has no versions. */
    version: z.string().optional(),
    /** Where the new release runs, beside what its version runs on; without it, the version itself is new and gets calls that name none. */
    target: httpUrl.optional(),
    percent: z.number().min(0).max(100),
    /** Calls with this header field get it whatever the percentage. */
    header: z.strictObject({ name: z.string().min(1), value: z.string() }).optional(),
    /** These consumers get it whatever the percentage. */
    consumers: z.array(z.string()).max(1000).optional(),
    /** A consumer, or without one an address, stays with what it got; without it each call is chosen anew. */
    sticky: z.boolean().default(false),
  })
  .refine((value) => value.target !== undefined || value.version !== undefined, "a canary names its target, or the version that is new");
export type Canary = z.output<typeof canary>;
