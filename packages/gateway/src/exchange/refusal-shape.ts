/** How a refusal looks on the wire: problem details, or the error shape of the caller's AI dialect. */
import type { IncomingHttpHeaders } from "node:http";
import type { Refusal } from "@parley/contract/problems/problem";

export interface RefusedCall {
  readonly id: string;
  readonly path: string;
  /** Scheme and authority as the client addressed us, such as http://gateway.example:8080; empty where that is not known. */
  readonly baseUrl: string;
  /** As they came; absent where they could not be read. */
  readonly headers?: IncomingHttpHeaders;
}

export interface RefusalAnswer {
  status: number;
  rawHeaders: string[];
  body: Buffer;
}

export interface RefusalShape {
  /** The refusal's own header fields included. */
  answer(call: RefusedCall, refusal: Refusal): RefusalAnswer;
}
