/** Versions of a service: how a call names one, and the life of each. Days without a time are UTC days. */
import { z } from "zod";
import { adapt } from "./adapt.ts";
import { isInCalendar } from "./calendar.ts";
import { entityName, httpUrl } from "./names.ts";
import { documentSettings } from "./openapi.ts";
import { upstream } from "./upstream.ts";

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/, "a date is written 2027-04-01 or 2027-04-01T12:00:00Z")
  .refine(isInCalendar, "no such day in the calendar");

export const version = z.strictObject({
  /** Else the service's own. */
  upstream: upstream.optional(),
  ...documentSettings,
  /** In the place of an upstream: another version's serves this one, too. */
  adapt: adapt.optional(),
  /** A draft is there for consumers that are pinned to it, and for nobody else. */
  status: z.enum(["draft", "published", "deprecated", "retired"]).default("published"),
  deprecated: day.optional(),
  /** From this day on it is refused with 410. */
  sunset: day.optional(),
  successor: z.string().optional(),
  /** Where people read about it; by default a page of the gateway's. */
  link: httpUrl.optional(),
  /** Announced times at which the version is refused, so that whoever still uses it notices. */
  brownouts: z
    .array(z.strictObject({ from: day, to: day }).refine(({ from, to }) => Date.parse(from) < Date.parse(to), "a brown-out ends after it begins"))
    .max(100)
    .default([]),
});
export type Version = z.output<typeof version>;

export const versions = z.strictObject({
  select: z.strictObject({
    by: z.enum(["path", "header", "query", "media-type"]),
    /** Of the header (API-Version), the query's or the media type's parameter (version). */
    name: z.string().min(1).optional(),
    default: z.string().optional(),
    /** Other names of versions, such as latest. */
    aliases: z.record(entityName, z.string()).default({}),
  }),
  list: z.record(entityName, version).refine((list) => Object.keys(list).length > 0, "a service with versions has at least one"),
}).superRefine(({ list }, context) => {
  for (const [name, { adapt: adapter, upstream: own }] of Object.entries(list)) {
    if (adapter === undefined) continue;
    const say = (path: string[], message: string): void => context.addIssue({ code: "custom", path: ["list", name, ...path], message });
    const newer = Object.hasOwn(list, adapter.to) ? list[adapter.to] : undefined;
    if (newer === undefined) say(["adapt", "to"], `there is no version ${adapter.to}; there are: ${Object.keys(list).join(", ")}`);
    else if (adapter.to === name) say(["adapt", "to"], "a version cannot be adapted to itself");
    else if (newer.adapt !== undefined) say(["adapt", "to"], `${adapter.to} is adapted itself; name the version that the upstream speaks`);
    if (own !== undefined) say(["upstream"], "a version that is adapted has no upstream of its own");
  }
});
export type Versions = z.output<typeof versions>;
