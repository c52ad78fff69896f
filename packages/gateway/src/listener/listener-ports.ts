/** What the listener is given by the composition root. */
import type { CallRecord } from "@parley/contract/call-record";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { Logger } from "pino";
import type { Exchange } from "../exchange/exchange.ts";
import type { ServicePage } from "../service-pages/service-pages.ts";
import type { BodyCapture } from "../telemetry/bodies/body-capture.ts";
import type { Call } from "./call.ts";
import type { CallDestinations } from "./call-destination.ts";
import type { Identifiers } from "./identifiers.ts";
import type { OwnPageRequest } from "./own-pages.ts";

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
  /** The conflict of this id, if whoever asks may see it. */
  findConflict(request: OwnPageRequest, id: string): Promise<ConflictRecord | null>;
  /** The versions of a service, for whoever is told that one of them ends; null where there are none. */
  versionsOf(service: string): unknown;
  /** A page of a service for whoever may call it; null where there is none for them. */
  servicePage(exchange: Exchange): Promise<ServicePage | null>;
  /** Null where nothing of such a call's bodies is kept. */
  captureBodies(service: string, method: string): BodyCapture | null;
  /** Something was refused that never became a request. */
  refusedConnection(record: CallRecord): void;
  log: Logger;
}
