/**
 * One call in flight: the request as it came, who calls, and the draft of its call record. Policies and handlers get
 * this and an `AnswerSink`; nothing here knows about sockets' details or about the snapshot's source.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

export interface Exchange {
  readonly id: string;
  /** From `performance.now()`. */
  readonly startedAt: number;
  readonly method: string;
  /** Path and query as they came, e.g. `/notes/7?x=1`. */
  readonly target: string;
  /** The path alone, not decoded. */
  readonly path: string;
  /** Name, value, name, value, … as they came. */
  readonly rawHeaders: readonly string[];
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly clientAddress: string;
  /** Set once access is granted. */
  caller: Caller | null;
  readonly record: Partial<CallRecord> & Pick<CallRecord, "id" | "at" | "attempts" | "requestBytes" | "responseBytes">;
  readonly body: RequestBody;
  /** Calls back at once when the client has gone or goes away before the answer's end. */
  onClientGone(callback: () => void): void;
  /** Notes where time went, for the record: from `since` (performance.now()) until now. */
  step(name: string, since: number): void;
}

export interface Caller {
  consumer: string;
  key: string;
}

export interface RequestBody {
  /** Null when the request has none. Counts bytes and cuts off at the body limit with a `body-too-large` fault. */
  readonly stream: Readable | null;
  /** From Content-Length; null when the request is chunked; 0 when there is no body. */
  readonly length: number | null;
  /** The whole body, once; rejects with a `RefusalError` past the limit, or when the client goes away. */
  whole(): Promise<Buffer>;
}
