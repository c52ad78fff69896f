/**
 * One call in flight: the request as it came, who calls, and the draft of its call record. Policies and handlers get
 * this and an `AnswerSink`; nothing here knows about sockets' details or about the snapshot's source.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { KeyScopes } from "@parley/contract/config/key-scopes";
import type { RouteParts } from "../pipeline/route-parts.ts";
import type { VersionPath } from "./version-path.ts";
import type { Limit } from "@parley/contract/config/limits";
import type { Refusal } from "@parley/contract/problems/problem";
import type { X509Certificate } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

export interface Exchange {
  readonly id: string;
  /** The one that was called, once it is known; absent on what the gateway asks for by itself. */
  route?: RouteParts | null;
  /** From `performance.now()`. */
  readonly startedAt: number;
  /** Of HTTP, in which the call came; 1.1 without it. */
  readonly httpVersion?: string;
  readonly method: string;
  /** Path and query as they came, e.g. `/notes/7?x=1`. */
  readonly target: string;
  /** The path alone, not decoded, and where the path names a version without it. */
  path: string;
  /** What of the target is below the route's path: `/7?x=1`, `?x=1` or empty. */
  rest: string;
  /** Of the service, once it is known which one is meant. */
  version?: string;
  /** The field that said so, where one did: a command that repeats the call needs it. */
  versionField?: string;
  /** Where it stands in paths; absent where it does not. */
  versionPath?: VersionPath;
  /** Name, value, name, value, … as they came. */
  readonly rawHeaders: readonly string[];
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Who calls, as far as the proxies before us are trusted to say. */
  readonly clientAddress: string;
  readonly peer: Peer;
  /** The trace that the caller's traceparent names (W3C Trace Context); null when a new one begins here. The record has the one in use. */
  readonly incomingTraceId: string | null;
  /** Two hexadecimal digits, as in traceparent. */
  readonly traceFlags: string;
  /** Set where the connection may switch to another protocol; null for an ordinary call. */
  readonly upgrade: Upgrade | null;
  /** Set once access is granted; null on an open route that was called without a key. */
  caller: Caller | null;
  /** Parley's own key as it came, which must not be forwarded in any field. */
  keySecret: string | null;
  /** Name, value, …: fields that the answer of this call carries, whoever gives it. */
  readonly answerFields: string[];
  readonly record: Partial<CallRecord> & Pick<CallRecord, "id" | "at" | "attempts" | "requestBytes" | "responseBytes">;
  readonly body: RequestBody;
  /** Name, value, …: fields that only the gateway may set, for the upstream besides what came. */
  readonly upstreamFields?: readonly string[];
  /** Once a byte of it can have been sent it is never sent again, whatever the method and the service's retries. */
  readonly sentOnce?: boolean;
  /**
   * A kept answer will do. True on a caller's own call, and on what goes down in its place; absent on what the gateway asks beside
   * it, which wants the service's own word of now.
   */
  readonly takesKept?: boolean;
  /** Calls back at once when the client has gone or goes away before the answer's end. */
  onClientGone(callback: () => void): void;
  /** Calls back once, when the call has ended in whatever way and its record is complete. */
  onEnded(callback: () => void): void;
  /** Notes where time went, for the record: from `since` (performance.now()) until now. */
  step(name: string, since: number): void;
  /** A part of the pipeline begins here, or with null the service; ends the part before. Absent on exchanges that stand for a part of another. */
  enter?(stage: string | null): void;
}

export interface Caller {
  readonly consumer: string;
  /** The name of the consumer's key. */
  readonly key: string;
  /** The key's own limits, besides the consumer's. */
  readonly limits?: readonly Limit[];
  /** What the key may be used for; all that its consumer may, without them. */
  readonly scopes?: KeyScopes;
}

/** Who is at the other end of the connection. */
export interface Peer {
  readonly address: string;
  /** One of the gateway's `trustProxy`: its X-Forwarded-* fields are believed. */
  readonly trusted: boolean;
  /** It speaks TLS with us. */
  readonly secure?: boolean;
  /** What it has shown of itself; null where nothing was asked for or shown. */
  readonly certificate?: ClientCertificate | null;
}

/** What a client showed when it connected, and what the handshake found. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  /** Why the handshake does not believe it; null where it does. */
  readonly problem: string | null;
  /** Counts the changes of the authorities that it was held against. */
  readonly generation: number;
}

export interface Upgrade {
  /** The value of the Upgrade field. */
  readonly protocols: string;
  /** Instead of an answer into the sink: says 101 with these fields and gives the connection away, for good. */
  accept(rawHeaders: string[]): Socket;
}

export interface RequestBody {
  /** Null when the request has none. Counts bytes and cuts off at the body limit with a `body-too-large` fault. */
  readonly stream: Readable | null;
  /** From Content-Length; null when the request is chunked; 0 when there is no body. */
  readonly length: number | null;
  /** Why the stream broke off, once it has. */
  readonly failure: Refusal | null;
  /** From now on it is cut off past so many bytes, if that is less than before. */
  limitTo?(bytes: number): void;
  /** The whole body, once; rejects with a `RefusalError` past the limit, or when the client goes away. */
  whole(): Promise<Buffer>;
}
