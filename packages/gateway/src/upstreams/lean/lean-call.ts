/** Hot path (benchmarks: http, streaming). One request and its answer: exactly one of `end` and `failure` is called. */
import type { IncomingAnswer, OutgoingRequest, Sending, TransportFailure } from "../transport.ts";
import type { RequestHead } from "./request-head.ts";

/** The connection that a call is on. */
interface Carrier {
  fail(kind: TransportFailure["kind"], detail: string): void;
  resume(): void;
}

export class LeanCall implements Sending {
  readonly request: OutgoingRequest;
  readonly head: RequestHead;
  readonly answer: IncomingAnswer;
  /** Set while a connection carries it. */
  connection: Carrier | null = null;
  /** Set while it waits for one. */
  leaveQueue: (() => void) | null = null;
  over = false;

  constructor(request: OutgoingRequest, head: RequestHead, answer: IncomingAnswer) {
    this.request = request;
    this.head = head;
    this.answer = answer;
  }

  abort(): void {
    if (this.over) return;
    if (this.connection) this.connection.fail("aborted", "aborted");
    else this.failUnsent("aborted", "aborted");
  }

  resume(): void {
    this.connection?.resume();
  }

  /** It ends without ever having had a connection. */
  failUnsent(kind: TransportFailure["kind"], detail: string): void {
    this.leaveQueue?.();
    this.failed({ kind, notSent: true, reusedConnection: false, detail });
  }

  failed(failure: TransportFailure): void {
    if (this.over) return;
    this.over = true;
    this.connection = null;
    this.answer.failure(failure);
  }

  ended(trailers: string[]): void {
    this.over = true;
    this.connection = null;
    this.answer.end(trailers);
  }
}
