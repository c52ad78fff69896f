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
  /** A request that means the same, as an embeddings model sees it. */
  semantic: z
    .strictObject({ model: modelReference, threshold: z.number().min(0.5).max(1).default(0.95), maxEntries: z.int().min(1).max(100_000).default(1000) })
    .optional(),
}).refine((cache) => cache.semantic === undefined || cache.exact !== undefined, { path: ["semantic"], message: "semantic needs exact, which keeps the answers; write exact: {}" });
export type AiCache = z.output<typeof aiCache>;
