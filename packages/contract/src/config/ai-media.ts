/** What requests name by URL, such as images: who fetches it, and within which bounds. */
import { z } from "zod";
import { size, timerDuration } from "../units.ts";
import { cidr } from "./names.ts";

export const aiMedia = z.strictObject({
  /** For providers that take bytes only (Bedrock, Ollama); without it such a request is refused. */
  fetch: z.boolean().default(true),
  /** Of everything that one request names. */
  maxBytes: size.prefault("20MiB"),
  /** For each URL, redirects included. */
  timeout: timerDuration.prefault("10s"),
  /** Private addresses that URLs may lead to all the same. Link-local ones never are. */
  allow: z.array(cidr).max(100).default([]),
});
export type AiMedia = z.output<typeof aiMedia>;
