/** What the ledger knows of one resource of a guarded service: its revisions, and those whose bodies can be brought back. */
import { z } from "zod";
import { atMost, cursor } from "./search-parameters.ts";

const resource = {
  service: z.string().describe("The service's name."),
  resource: z.string().startsWith("/").describe("The resource's path on the gateway, without the query."),
};

export const historyQuery = z.object({
  ...resource,
  limit: atMost(1_000, 100),
  after: cursor,
});

export const revision = z.object({
  revision: z.number(),
  /** Unix milliseconds. */
  at: z.number(),
  /** A consumer's name, `bypass` for a write past the gateway, `console:<person>` for a version that was brought back, "" where it was there before. */
  by: z.string(),
  callId: z.string().optional(),
  method: z.string().optional(),
  /** As clients get it; absent where nobody has seen what the write left behind. */
  tag: z.string().optional(),
  current: z.boolean(),
  /** The body is kept, so that it can be looked at and brought back. */
  kept: z.boolean(),
});
export type Revision = z.infer<typeof revision>;

/** Newest first. */
export const history = z.object({
  ...resource,
  /** Of the resource as it is now; If-Match of a restoration. */
  etag: z.string(),
  items: z.array(revision),
  next: z.string().nullable(),
});

export const versionQuery = z.object({ ...resource, revision: z.coerce.number().int().min(1).describe("The number of the revision.") });
/** The body as text, what is to be redacted being redacted; null where it is no text, or `logging.bodies` is `none`. */
export const keptVersion = z.object({ ...resource, revision: z.number(), contentType: z.string(), bytes: z.number(), body: z.string().nullable() });

export const restoration = z.strictObject({ ...resource, revision: z.int().min(1) });
export const restored = z.object({ ...resource, from: z.number(), status: z.number(), etag: z.string() });
