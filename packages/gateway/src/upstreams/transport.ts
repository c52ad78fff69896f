/**
 * The seam to the HTTP client. Services and AI providers send through it; what is behind it can be replaced.
 * Connections are kept and reused per origin. Nothing is ever sent twice here: repeating is `retry.ts`'s decision.
 */
import type { Readable } from "node:stream";
import type { ClientIdentity } from "../certificates/index.ts";
import type { WholeBody } from "./body-pieces.ts";

export interface OutgoingRequest {
  /** Scheme, host and port, such as https://api.example.com. */
  origin: string;
  method: string;
  /** Path and query. */
  path: string;
  /** Name, value, name, value, …, Host and hop-by-hop fields set by the caller of this. */
  rawHeaders: string[];
  /** A body in pieces is sent at the pace that the upstream takes it. */
  body: WholeBody | Readable | null;
  timeouts: { connectMs: number; firstByteMs: number; idleMs: number };
  /** Ask for a connection that has carried nothing yet, after one that was reused turned out to be stale. */
  freshConnection?: boolean;
  /** What is shown of the gateway, and who is believed, over TLS; the usual without it. */
  identity?: ClientIdentity | null;
  /** HTTP/1.1 without it. */
  protocol?: "http1" | "http2";
}

export interface IncomingAnswer {
  head(status: number, rawHeaders: string[], statusText: string): void;
  /** False pauses the socket until `resume` is called. */
  data(chunk: Buffer): boolean;
  end(rawTrailers: string[]): void;
  /** Nothing comes after it. */
  failure(failure: TransportFailure): void;
}

export interface TransportFailure {
  /** `refused`: a connection was made, and the other side says that it did not look at the request (RFC 9113 §8.7). */
  kind: "connect-failure" | "timeout-connect" | "refused" | "timeout-first-byte" | "timeout-idle" | "reset" | "protocol" | "aborted";
  /** True where not a byte of the request can have been acted on. */
  notSent: boolean;
  /** True where the connection had carried an earlier request, so it may have been stale. */
  reusedConnection: boolean;
  detail: string;
}

export interface Sending {
  /** Ends it at once; `failure` of kind `aborted` follows unless the answer was complete. */
  abort(): void;
  resume(): void;
}

export interface Transport {
  /** Nothing of `answer` is called before `send` returns. */
  send(request: OutgoingRequest, answer: IncomingAnswer): Sending;
  close(): Promise<void>;
}
