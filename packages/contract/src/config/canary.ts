/** A new release of a service, or of one of its versions, that gets a part of the calls. */
import { z } from "zod";
import { duration } from "../units.ts";
import { httpUrl } from "./names.ts";

const rollout = z.strictObject({
  /** The shares that follow, in percent; the last is always all. */
  steps: z
    .array(z.number().gt(0).max(100))
    .max(50)
    .default([25, 50, 100])
    .refine((steps) => steps.every((step, index) => index === 0 || step > (steps[index - 1] as number)), "each step is larger than the one before"),
  /** How long a share is looked at, and with how many of its calls at least, before the next one. */
  every: duration.refine((ms) => ms >= 1_000 && ms <= 30 * 86_400_000, "a step takes from 1s to 30d").prefault("10m"),
  minCalls: z.int().min(1).max(10_000_000).default(200),
  /** How likely a step may take back a release that is no worse. */
  significance: z.number().min(0.000_001).max(0.2).default(0.01),
  /** So many percent slower is still no worse. */
  slower: z.number().min(0).max(1_000).default(20),
});

export const canary = z
  .strictObject({
    /** Whose calls it shares; all of them where the service has no versions. */
    version: z.string().optional(),
    /** Where the new release runs, beside what its version runs on; without it, the version itself is new and gets calls that name none. */
    target: httpUrl.optional(),
    percent: z.number().min(0).max(100),
    /** Goes on by itself while the release is no worse than what it stands beside, and takes it back at once where it is; `percent` is where it begins. */
    rollout: rollout.optional(),
    /** Calls with this header field get it whatever the percentage. */
    header: z.strictObject({ name: z.string().min(1), value: z.string() }).optional(),
    /** These consumers get it whatever the percentage. */
    consumers: z.array(z.string()).max(1000).optional(),
    /** A consumer, or without one an address, stays with what it got; without it each call is chosen anew. */
    sticky: z.boolean().default(false),
  })
  .refine((value) => value.target !== undefined || value.version !== undefined, "a canary names its target, or the version that is new");
export type Canary = z.output<typeof canary>;
