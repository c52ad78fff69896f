/** Which answers are compressed on their way to callers that take it (RFC 9110 §12.5.3). */
import { z } from "zod";
import { size } from "../units.ts";

const mediaType = z.string().regex(/^[a-z0-9!#$&^_.+-]+\/(?:\*|[a-z0-9!#$&^_.+-]+)$/, "a media type such as application/json or text/*");

export const compression = z.strictObject({
  /** A shorter body is not worth it. */
  min: size.prefault("1KiB"),
  types: z
    .array(mediaType)
    .min(1)
    .max(200)
    .default(["text/*", "application/json", "application/problem+json", "application/ld+json", "application/geo+json", "application/hal+json", "application/vnd.api+json", "application/javascript", "application/manifest+json", "application/xml", "application/xhtml+xml", "application/rss+xml", "application/atom+xml", "application/x-ndjson", "application/wasm", "application/graphql-response+json", "image/svg+xml"]),
  /** The first that the caller likes as much as any. */
  codings: z.array(z.enum(["br", "gzip", "zstd"])).min(1).default(["zstd", "br", "gzip"]),
});
export type Compression = z.output<typeof compression>;
export type Coding = Compression["codings"][number];
