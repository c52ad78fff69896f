/** What a call to a model needs from outside. */
import type { Transport } from "../../upstreams/transport.ts";
import type { UrlMedia } from "../media/url-media.ts";

export interface CallPorts {
  transport: Transport;
  /** Unix milliseconds. */
  now(): number;
  /** From 0 to under 1, as Math.random. */
  random(): number;
  /** What requests name by URL; made by `compileAi` for each snapshot. */
  media?: UrlMedia;
  /** A line in the structured log; never a secret, never a body. Not for every call. */
  warn(message: string, details: Record<string, unknown>): void;
}
