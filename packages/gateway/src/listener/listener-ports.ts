/** What the listener is given by the composition root. */
import type { CallRecord } from "@parley/contract/call-record";
import type { Logger } from "pino";
import type { Call } from "./call.ts";
import type { CallDestinations } from "./call-destination.ts";
import type { Identifiers } from "./identifiers.ts";

export interface ListenerPorts {
  worker: number;
  /** The snapshot in force. */
  destinations: CallDestinations;
  identifiers: Identifiers;
  monotonicMs: () => number;
  /** With fractions. */
  unixMs: () => number;
  isDraining(): boolean;
  /** The call's record is complete. */
  ended(call: Call): void;
  /** Something was refused that never became a request. */
  refusedConnection(record: CallRecord): void;
  log: Logger;
}
