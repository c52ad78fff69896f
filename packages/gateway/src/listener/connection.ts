/** One client's connection: who is at its other end, and what is under way on it. */
import type { Peer } from "../exchange/exchange.ts";
import type { Call } from "./call.ts";

export interface Connection {
  readonly peer: Peer;
  /** The last of the calls on it that have begun, while any is in flight. */
  call: Call | null;
  inFlight: number;
}

export function newConnection(peer: Peer): Connection {
  return { peer, call: null, inFlight: 0 };
}
