/** What is kept of a service's answers, so that they can be given again (RFC 9111). What an answer says itself comes first. */
import { z } from "zod";
import { duration, size } from "../units.ts";

export const cache = z.strictObject({
  /** How long a good answer is fresh that says nothing of it; without it such an answer is only kept to be validated. Nothing else is guessed. */
  ttl: duration.optional(),
  /** `consumer`: what one was answered no other gets. `shared`: whoever may call gets the same. */
  scope: z.enum(["consumer", "shared"]).default("consumer"),
  /** In each worker. What was not asked for longest goes first. */
  maxBytes: size.prefault("64MiB"),
  /** A longer answer passes and is not kept. */
  maxBody: size.prefault("1MiB"),
  /** How long past its time an answer may be given while a new one is fetched (RFC 5861), where it does not say itself. */
  staleWhileRevalidate: duration.optional(),
  /** How long past its time an answer may be given because the service fails (RFC 5861), where it does not say itself. */
  staleIfError: duration.optional(),
  /**
   * What a write puts out of date. `resource`: what it names, whatever the query, and what its answer points to (RFC 9111 §4.4).
   * `related`: that, the collections that it lies in, and what lies below it. `service`: everything.
   */
  invalidates: z.enum(["resource", "related", "service"]).default("related"),
  /** Keeps answers that set cookies, too. */
  setCookie: z.boolean().default(false),
}).refine(({ maxBody, maxBytes }) => maxBody <= maxBytes, { path: ["maxBody"], message: "an answer of maxBody does not fit into maxBytes" });
export type Cache = z.output<typeof cache>;
