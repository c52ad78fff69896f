/** Answers that are given again. */
import { z } from "zod";
import { duration, size } from "../units.ts";

const modelReference = z.string().regex(/^[A-Za-z0-9._-]+\/.+$/, "an embeddings model names its provider, such as openai/text-embedding-3-small");

export const aiCache = z.strictObject({
  /** The same request, byte for byte but for its order and white space. */
  exact: z
    .strictObject({
      ttl: duration.prefault("10m"),
      maxBytes: size.prefault("64MiB"),
      /** Whether consumers see one another's answers. */
      scope: z.enum(["consumer", "shared"]).default("consumer"),
      /** Requests with tools, whose answers lead to doing something. */
      tools: z.boolean().default(false),
    })
    .optional(),
  /** A request whose last question means the same, as an embeddings model sees it, and which is the same otherwise. Scope and tools as for `exact`. */
  semantic: z
    .strictObject({
      model: modelReference,
      /** The least cosine of the angle between two questions' vectors; 1 is the same. */
      threshold: z.number().min(0.5).max(1).default(0.95),
      maxEntries: z.int().min(1).max(100_000).default(1000),
      maxBytes: size.prefault("64MiB"),
      /** As long as exact ones without it. */
      ttl: duration.optional(),
      /** An embedding that takes longer is done without. */
      timeout: duration.refine((ms) => ms > 0 && ms <= 60_000, "a time-out is more than 0 and at most 60s").prefault("2s"),
    })
    .optional(),
}).refine((cache) => cache.semantic === undefined || cache.exact !== undefined, { path: ["semantic"], message: "semantic needs exact, which keeps the answers; write exact: {}" });
export type AiCache = z.output<typeof aiCache>;
