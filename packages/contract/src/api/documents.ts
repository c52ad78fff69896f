/** OpenAPI documents of services and their versions, and what changed between two. */
import { z } from "zod";

const severity = z.enum(["breaking", "non-breaking", "unknown"]);

const affected = z.object({
  /** Who made calls that this concerns, the most calls first. */
  consumers: z.array(z.object({ consumer: z.string().nullable(), calls: z.number() })),
  calls: z.number(),
  /** Finds these calls in the call log. */
  query: z.string(),
  /** True where it is known of a sample of calls alone: fewer may be listed than there are. */
  sampled: z.boolean(),
});

export const documentChange = z.object({
  /** To acknowledge it by; the same every time. */
  id: z.string(),
  kind: z.string(),
  severity,
  direction: z.enum(["request", "response"]),
  operation: z.string(),
  /** Method and path as the document writes them. */
  endpoint: z.string(),
  /** `body /title`, `query limit`, `200 /title`; empty for the operation as a whole. */
  place: z.string(),
  message: z.string(),
  /** In the older document, or in the newer where it is new. */
  pointer: z.string(),
  /** Absent for changes that break nobody. */
  affected: affected.optional(),
});
export type DocumentChange = z.input<typeof documentChange>;

export const documentDifference = z.object({
  service: z.string(),
  from: z.string(),
  to: z.string(),
  /** How many days of the call log were asked who is affected. */
  days: z.number(),
  counts: z.object({ breaking: z.number(), unknown: z.number(), nonBreaking: z.number() }),
  changes: z.array(documentChange),
  /** True where there are more changes than are listed. */
  truncated: z.boolean(),
});
export type DocumentDifference = z.output<typeof documentDifference>;

const days = z.coerce.number().min(1).max(365).default(30).describe("How many days back calls are looked at, for whom a change concerns.");

export const differenceQuery = z.object({ from: z.string().min(1).describe("The older version."), to: z.string().min(1).describe("The newer version."), days });
export const proposedQuery = z.object({ days });

export const publishQuery = z.object({
  acknowledge: z.string().optional().describe("Ids of breaking changes that may be published, separated by commas."),
  force: z.enum(["true", "false"]).optional().describe("`true` publishes whatever breaks."),
});

export const operationsQuery = z.object({
  version: z.string().min(1).optional().describe("Of a service with versions; its default without it."),
  operation: z.string().min(1).optional().describe("This one alone, by its id."),
});

/** The operations of a document as calls through the gateway. */
export const documentOperations = z.object({
  service: z.string(),
  version: z.string().nullable(),
  /** False where there is no document, and so no operations. */
  documented: z.boolean(),
  items: z.array(
    z.object({
      /** Its operationId, else its method and path. */
      id: z.string(),
      method: z.string(),
      /** On the gateway, with names in braces. */
      path: z.string(),
      summary: z.string(),
      tag: z.string().nullable(),
      deprecated: z.boolean(),
      parameters: z.array(z.object({ in: z.enum(["path", "query", "header", "cookie"]), name: z.string(), required: z.boolean(), example: z.string() })),
      /** A call with all that has to be there: the document's own examples, else the plainest values that fit. Its version is named; a key is not. */
      example: z.object({ path: z.string(), headers: z.array(z.tuple([z.string(), z.string()])), body: z.string().nullable() }),
    }),
  ),
  /** True where operations, or bodies of the last ones, are left out; `operation` asks for one by itself. */
  truncated: z.boolean(),
});
export type DocumentOperations = z.output<typeof documentOperations>;

/** A document somewhere else, to be looked at before it is published. */
export const documentToFetch = z.strictObject({ url: z.url({ protocol: /^https?$/, error: "an address that begins with http:// or https://" }).max(2_048) });
export const fetchedDocument = z.object({ text: z.string() });

export const publishedDocument = z.object({
  service: z.string(),
  version: z.string().nullable(),
  etag: z.string(),
  operations: z.number(),
  /** What of the document calls are not held to. */
  warnings: z.array(z.object({ pointer: z.string(), message: z.string() })),
  /** Compared with the one that was in force before. */
  changes: z.array(documentChange),
});
