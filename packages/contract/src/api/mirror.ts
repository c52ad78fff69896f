/** How a mirror's answers compare with the service's: counted by place, with an example of each. */
import { z } from "zod";

/** As JSON or as text, shortened, without what is to be hidden; null where it is not there. */
const shownValue = z.string().nullable();

const mirrorPlace = z.object({
  in: z.enum(["status", "header", "body"]),
  /** A header's name, or the JSON pointer with `*` for an array's items; empty for the status, and for a body as a whole. */
  at: z.string(),
  /** Copies that differ here. */
  calls: z.number(),
  example: z.object({ call: z.string(), at: z.number(), method: z.string(), path: z.string(), service: shownValue, mirror: shownValue }),
});
export type MirrorPlace = z.output<typeof mirrorPlace>;

const counts = {
  /** Answers that were compared and are alike, but for what is ignored. */
  equal: z.number(),
  different: z.number(),
  /** The mirror gave no answer; `failures` says why. */
  failed: z.number(),
  /** Not copied, because so many copies were under way or waiting. */
  dropped: z.number(),
  /** Chosen, but nothing could be compared: the caller got a 304, a part, or the canary release's answer, had gone, or had sent a body too long to be sent twice. */
  skipped: z.number(),
  /** Of the equal and different ones, those whose status and headers alone were compared, since a body was too long. */
  bodiesTooLong: z.number(),
};

/** One worker's view, as it crosses the channel. */
export const mirrorState = z.object({
  service: z.string(),
  /** Since when is counted; Unix milliseconds. */
  since: z.number(),
  ...counts,
  failures: z.record(z.string(), z.number()),
  places: z.array(mirrorPlace),
  /** Differences in places beyond those that are listed. */
  elsewhere: z.number(),
  /** Of the newest copies: times to the answer's head. */
  times: z.object({ service: z.array(z.number()), mirror: z.array(z.number()) }),
});
export type MirrorState = z.output<typeof mirrorState>;

const quantiles = z.object({ p50Ms: z.number().nullable(), p95Ms: z.number().nullable() });

export const mirrorReport = z.object({
  service: z.string(),
  /** Who gets the copies. */
  mirror: z.object({ version: z.string().nullable(), target: z.string().nullable(), of: z.string().nullable(), percent: z.number(), methods: z.array(z.string()), ignore: z.array(z.string()) }),
  /** Null while no gateway answers. */
  since: z.number().nullable(),
  ...counts,
  /** Of those that were compared; null before the first. */
  equalShare: z.number().nullable(),
  failures: z.array(z.object({ code: z.string(), calls: z.number() })),
  /** The most frequent first. */
  places: z.array(mirrorPlace),
  elsewhere: z.number(),
  times: z.object({ service: quantiles, mirror: quantiles }),
});
export type MirrorReport = z.output<typeof mirrorReport>;
