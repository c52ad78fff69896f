/**
 * Hot path (benchmarks: http, streaming). One request on its way and its answer: undici's handler on one side, the
 * transport's contract on the other. Exactly one of `end` and `failure` is called.
 */
import type { Dispatcher } from "undici";
import type { Connection, ConnectionPool } from "./connection-pool.ts";
import type { Deadlined, Deadlines } from "./deadlines.ts";
import { failureKind } from "./failure-kind.ts";
import type { IncomingAnswer, OutgoingRequest, Sending, TransportFailure } from "./transport.ts";

type Controller = Dispatcher.DispatchController;

/** While a body is sent its source has its own limit, which should be the one to speak; this is for a stuck upstream. */
const sendingGraceMs = 1000;

export class Dispatch implements Dispatcher.DispatchHandler, Sending, Deadlined {
  place = -1;
  deadlineMs: number;
  #request: OutgoingRequest;
  #answer: IncomingAnswer;
  #pool: ConnectionPool;
  #deadlines: Deadlines;
  #connection: Connection | null = null;
  #controller: Controller | null = null;
  #leaveQueue: (() => void) | null = null;
  #phase: "connect" | "first-byte" | "body" | "done" = "connect";
  #reused = false;
  #starting = false;

  constructor(request: OutgoingRequest, answer: IncomingAnswer, pool: ConnectionPool, deadlines: Deadlines) {
    this.#request = request;
    this.#answer = answer;
    this.#pool = pool;
    this.#deadlines = deadlines;
    this.deadlineMs = performance.now() + request.timeouts.connectMs;
    deadlines.add(this);
  }

  startOn(connection: Connection): void {
    this.#connection = connection;
    this.#leaveQueue = null;
    const { method, path, rawHeaders, body } = this.#request;
    this.#starting = true;
    try {
      connection.client.dispatch({ method: method as Dispatcher.HttpMethod, path, headers: rawHeaders, body }, this);
    } catch (error) {
      // A request that undici finds invalid.
      this.#fail("protocol", (error as Error).message);
    }
    this.#starting = false;
  }

  startLater(pool: ConnectionPool): void {
    this.#leaveQueue = pool.wait((connection) => this.startOn(connection));
  }

  abort(): void {
    this.#fail("aborted", "aborted");
  }

  resume(): void {
    if (this.#phase === "body") this.deadlineMs = performance.now() + this.#request.timeouts.idleMs;
    this.#controller?.resume();
  }

  onDeadline(): void {
    if (this.#phase === "connect") this.#fail("timeout-connect", `no connection within ${this.#request.timeouts.connectMs} ms`);
    else if (this.#phase === "first-byte") this.#fail("timeout-first-byte", `no answer within ${this.#request.timeouts.firstByteMs} ms`);
    else this.#fail("timeout-idle", `nothing came for ${this.#request.timeouts.idleMs} ms`);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#phase === "done") return controller.abort(new Error("aborted"));
    const connection = this.#connection as Connection;
    this.#reused = connection.calls > 0;
    connection.calls++;
    this.#phase = "first-byte";
    const { timeouts, body } = this.#request;
    const isStream = body !== null && !Buffer.isBuffer(body);
    this.deadlineMs = performance.now() + (isStream ? timeouts.idleMs + sendingGraceMs : timeouts.firstByteMs);
  }

  onBodySent(): void {
    if (this.#phase === "first-byte") this.deadlineMs = performance.now() + this.#request.timeouts.idleMs + sendingGraceMs;
  }

  onRequestSent(): void {
    if (this.#phase === "first-byte") this.deadlineMs = performance.now() + this.#request.timeouts.firstByteMs;
  }

  onResponseStart(controller: Controller, status: number, _headers: unknown, statusText?: string): void {
    if (this.#phase === "done") return;
    if (status >= 200) {
      this.#phase = "body";
      this.deadlineMs = performance.now() + this.#request.timeouts.idleMs;
    }
    this.#answer.head(status, latin1Fields(controller.rawHeaders), statusText ?? "");
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#phase === "done") return;
    if (this.#answer.data(chunk)) this.deadlineMs = performance.now() + this.#request.timeouts.idleMs;
    else {
      // A slow reader is not a slow upstream.
      this.deadlineMs = Infinity;
      controller.pause();
    }
  }

  onResponseEnd(controller: Controller): void {
    if (this.#phase === "done") return;
    this.#finish(true);
    this.#answer.end(latin1Fields(controller.rawTrailers));
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.#phase === "done") return;
    const kind = this.#phase === "connect" ? connectKind(error) : failureKind(error);
    this.#fail(kind, describe(error));
  }

  #fail(kind: TransportFailure["kind"], detail: string): void {
    if (this.#phase === "done") return;
    const notSent = this.#phase === "connect";
    const failure: TransportFailure = { kind, notSent, reusedConnection: this.#reused, detail };
    if (this.#controller && !this.#controller.aborted) {
      this.#phase = "done";
      this.#controller.abort(new Error(detail));
    }
    this.#finish(false);
    if (this.#starting) queueMicrotask(() => this.#answer.failure(failure));
    else this.#answer.failure(failure);
  }

  #finish(reusable: boolean): void {
    this.#phase = "done";
    this.#deadlines.remove(this);
    this.#leaveQueue?.();
    if (this.#connection) this.#pool.give(this.#connection, reusable);
  }
}

function connectKind(error: Error): "connect-failure" | "timeout-connect" {
  return (error as NodeJS.ErrnoException).code === "UND_ERR_CONNECT_TIMEOUT" ? "timeout-connect" : "connect-failure";
}

/** Codes say what went wrong; messages can hold addresses, which are the operator's own and go into the record only. */
function describe(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const message = error.message || (error instanceof AggregateError ? String(error.errors[0]) : "");
  return code ? `${code}: ${message}` : message;
}

/** Field values are bytes; as latin1 they go through unchanged. */
function latin1Fields(raw: Controller["rawHeaders"]): string[] {
  // An object is what HTTP/2 has, which is switched off.
  if (!Array.isArray(raw)) return [];
  return raw.map((part: Buffer | string) => (typeof part === "string" ? part : part.toString("latin1")));
}
