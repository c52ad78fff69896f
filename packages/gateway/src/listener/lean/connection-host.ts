/** What all connections of a listener share, and whom they tell. */
import type { Socket } from "node:net";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Deadlines } from "../../exchange/deadlines.ts";
import type { TurnEnd } from "../../http1/turn-end.ts";
import type { ListenerLimits } from "../call-destination.ts";
import type { FieldNames } from "./field-map.ts";
import type { HttpDate } from "./http-date.ts";
import type { InboundBody } from "./inbound-body.ts";
import type { InboundConnection } from "./inbound-connection.ts";
import type { InboundHead } from "./request-head.ts";

export interface ConnectionHost {
  readonly turn: TurnEnd;
  readonly deadlines: Deadlines;
  readonly names: FieldNames;
  readonly date: HttpDate;
  limits(): ListenerLimits;
  isDraining(): boolean;
  begin(connection: InboundConnection, head: InboundHead, body: InboundBody | null): void;
  /** There is no call that could be answered; to be answered with `refuse`. */
  refused(connection: InboundConnection, refusal: Refusal): void;
  /** The connection is one of HTTP/2 from its first byte on; it is HTTP/2's now. */
  preface(connection: InboundConnection, socket: Socket): void;
  left(connection: InboundConnection): void;
}
