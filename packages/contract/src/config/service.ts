/** A published API: its path, where it runs, who may call it. */
import { z } from "zod";
import { access, jsonWebTokens } from "./access.ts";
import { conflict } from "./conflict.ts";
import { limit } from "./limits.ts";
import { entityName, httpUrl, pathPrefix } from "./names.ts";
import { upstream } from "./upstream.ts";

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/, "a date is written 2027-04-01 or 2027-04-01T12:00:00Z")
  .refine((text) => !Number.isNaN(Date.parse(text)), "no such day in the calendar");

const version = z.strictObject({
  upstream: upstream.optional(),
  openapi: z.string().optional(),
  deprecated: day.optional(),
  sunset: day.optional(),
  successor: z.string().optional(),
});

const versions = z.strictObject({
  select: z.strictObject({
    by: z.enum(["path", "header", "query", "media-type"]),
    name: z.string().optional(),
    default: z.string().optional(),
  }),
  list: z.record(entityName, version),
});

export const service = z
  .strictObject({
    path: pathPrefix,
    upstream: upstream.optional(),
    access: access.default("key"),
    jwt: jsonWebTokens.optional(),
    limits: z.array(limit).max(32).default([]),
    conflict: conflict.prefault({}),
    versions: versions.optional(),
    canary: z.strictObject({ version: z.string(), target: httpUrl.optional(), percent: z.number().min(0).max(100) }).optional(),
  })
  .superRefine((value, context) => {
    const everyVersionHasItsOwn = value.versions && Object.values(value.versions.list).every((entry) => entry.upstream);
    if (!value.upstream && !everyVersionHasItsOwn) {
      context.addIssue({ code: "custom", path: ["upstream"], message: "a service needs an upstream, its own or one for every version" });
    }
  });
export type Service = z.output<typeof service>;
export type ServiceSource = z.input<typeof service>;
