/**
 * What the listener asks of the snapshot in force. Everything that a call needs of it is taken at the call's start, in
 * one turn of the event loop; a later snapshot does not touch it.
 */
import type { Route } from "../routing/route.ts";
import type { TrustedProxies } from "./client-address.ts";

export interface ListenerLimits {
  headerBytes: number;
  bodyBytes: number;
  headersTimeoutMs: number;
  idleTimeoutMs: number;
  /** The least that a body brings over each idleTimeoutMs; 0 where it may be as slow as it likes. */
  bodyBytesPerSecond: number;
}

export interface CallDestinations {
  /** The route of a path without its query, and where in it the part below the route begins. */
  match(path: string): { route: Route; restStart: number } | null;
  /** The served path that was probably meant. */
  nearest(path: string): string | null;
  readonly limits: ListenerLimits;
  readonly trustedProxies: TrustedProxies;
}
