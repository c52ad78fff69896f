/** What requests name by URL, such as images: who fetches it, and within which bounds. */
import { z } from "zod";
import { duration, size } from "../units.ts";

const cidr = z.string().regex(/^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/, "an address, or a CIDR such as 10.0.0.0/8");

export const aiMedia = z.strictObject({
  /** For providers that take bytes only (Bedrock, Ollama); without it such a request is refused. */
  fetch: z.boolean().default(true),
  /** Of everything that one request names. */
  maxBytes: size.prefault("20MiB"),
  /** For each URL, redirects included. */
  timeout: duration.prefault("10s"),
  /** Private addresses that URLs may lead to all the same. Link-local ones never are. */
  allow: z.array(cidr).max(100).default([]),
});
export type AiMedia = z.output<typeof aiMedia>;
