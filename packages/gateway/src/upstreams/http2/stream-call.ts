/** Hot path of HTTP/2 upstreams. One request and its answer on a stream: exactly one of `end` and `failure` is called. */
import { constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from "node:http2";
import type { Readable } from "node:stream";
import type { Deadlined, Deadlines } from "../../exchange/deadlines.ts";
import { isWhole, lengthOf, pacedPieces } from "../body-pieces.ts";
import type { IncomingAnswer, OutgoingRequest, Sending, TransportFailure } from "../transport.ts";
import { answerHead, streamFields } from "./stream-fields.ts";

export interface StreamPlace {
  isConnected(): boolean;
  /** The session has carried others before. */
  reused: boolean;
  over(): void;
}

export class StreamCall implements Sending, Deadlined {
  place = -1;
  deadlineMs: number;
  over = false;
  readonly #request: OutgoingRequest;
  readonly #answer: IncomingAnswer;
  readonly #deadlines: Deadlines;
  #at: StreamPlace | null = null;
  #stream: ClientHttp2Stream | null = null;
  #phase: "connect" | "first-byte" | "body" = "connect";
  #trailers: string[] = [];
  #detail = "";
  #stopSending: (() => void) | null = null;

  constructor(request: OutgoingRequest, answer: IncomingAnswer, deadlines: Deadlines) {
    this.#request = request;
    this.#answer = answer;
    this.#deadlines = deadlines;
    this.deadlineMs = performance.now() + request.timeouts.connectMs;
    deadlines.add(this);
  }

  begin(session: ClientHttp2Session, at: StreamPlace): void {
    this.#at = at;
    const { body } = this.#request;
    try {
      const isEmpty = body === null || (isWhole(body) && lengthOf(body) === 0);
      const stream = session.request(streamFields(this.#request), { endStream: isEmpty });
      this.#stream = stream;
      this.#listen(stream);
      if (at.isConnected()) this.#sent();
      else stream.once("ready", () => this.#sent());
      if (!isEmpty) this.#send(stream, Array.isArray(body) ? pacedPieces(body as readonly Buffer[]) : (body as Buffer | Readable));
    } catch (error) {
      this.#fail({ kind: session.destroyed ? "connect-failure" : "protocol", notSent: true, detail: describe(error) });
    }
  }

  abort(): void {
    this.#fail({ kind: "aborted", notSent: this.#phase === "connect", detail: "aborted" });
  }

  resume(): void {
    if (this.over || this.#stream === null) return;
    this.#awaitMore();
    this.#stream.resume();
  }

  /** It ends without ever having had a session. */
  failUnsent(kind: TransportFailure["kind"], detail: string): void {
    this.#fail({ kind, notSent: true, detail });
  }

  onDeadline(): void {
    const { connectMs, firstByteMs, idleMs } = this.#request.timeouts;
    if (this.#phase === "connect") this.#fail({ kind: "timeout-connect", notSent: true, detail: `no connection within ${connectMs} ms` });
    else if (this.#phase === "first-byte") this.#fail({ kind: "timeout-first-byte", notSent: false, detail: `no answer within ${firstByteMs} ms` });
    else this.#fail({ kind: "timeout-idle", notSent: false, detail: `nothing came for ${idleMs} ms` });
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("headers", (headers: IncomingHttpHeaders, _flags: number, raw: string[]) => this.#head(headers, raw));
    stream.on("response", (headers: IncomingHttpHeaders, flags: number, raw?: unknown) => {
      this.#head(headers, raw as string[]);
      // At once, so that an answer without a body stays one in its other half, too.
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) this.#complete();
    });
    stream.on("trailers", (_headers: IncomingHttpHeaders, _flags: number, raw?: unknown) => (this.#trailers = raw as string[]));
    stream.on("data", (chunk: Buffer) => this.#data(chunk));
    stream.on("end", () => {
      // A reset ends it as well; 'close' tells.
      if (this.#phase === "body" && stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted) this.#complete();
    });
    stream.on("error", (error) => (this.#detail = describe(error)));
    stream.on("close", () => this.#closed(stream.rstCode));
  }

  #head(headers: IncomingHttpHeaders, raw: string[]): void {
    if (this.over) return;
    const status = Number(headers[":status"]);
    if (status >= 200) {
      this.#phase = "body";
      this.#awaitMore();
    }
    this.#answer.head(status, answerHead(raw), "");
  }

  #data(chunk: Buffer): void {
    if (this.over) return;
    if (this.#answer.data(chunk)) return this.#awaitMore();
    // A slow reader is not a slow upstream.
    this.deadlineMs = Infinity;
    this.#stream?.pause();
  }

  #complete(): void {
    if (this.over) return;
    this.#leave();
    // An answer before the request's end leaves nothing to be said.
    if (this.#stopSending !== null) this.#stream?.close(constants.NGHTTP2_NO_ERROR);
    this.#stopSending?.();
    this.#answer.end(this.#trailers);
  }

  #closed(code: number): void {
    if (this.over) return;
    const connected = this.#at?.isConnected() === true;
    const detail = this.#detail || `the upstream reset the stream (${code})`;
    if (!connected) this.#fail({ kind: "connect-failure", notSent: true, detail });
    // So are streams that a session's end (GOAWAY) leaves out.
    else if (code === constants.NGHTTP2_REFUSED_STREAM) this.#fail({ kind: "refused", notSent: true, detail });
    else this.#fail({ kind: "reset", notSent: false, detail });
  }

  #sent(): void {
    if (this.over || this.#phase !== "connect") return;
    this.#phase = "first-byte";
    this.deadlineMs = this.#stopSending === null ? performance.now() + this.#request.timeouts.firstByteMs : Infinity;
  }

  #awaitMore(): void {
    this.deadlineMs = performance.now() + (this.#phase === "body" ? this.#request.timeouts.idleMs : this.#request.timeouts.firstByteMs);
  }

  #send(stream: ClientHttp2Stream, body: Buffer | Readable): void {
    if (Buffer.isBuffer(body)) return void stream.end(body);
    const onData = (chunk: Buffer): void => {
      if (!stream.write(chunk)) body.pause();
    };
    const onDrain = (): void => void body.resume();
    const onEnd = (): void => {
      this.#stopSending?.();
      stream.end();
      if (this.#phase === "first-byte") this.#awaitMore();
    };
    const onBroken = (error?: Error): void => {
      if (this.#stopSending !== null) this.#fail({ kind: "aborted", notSent: this.#phase === "connect", detail: error?.message ?? "the request's body broke off" });
    };
    // What the body still holds is left in it, for whoever owns it.
    this.#stopSending = () => {
      this.#stopSending = null;
      body.off("data", onData).off("end", onEnd).off("close", onBroken).pause();
      stream.off("drain", onDrain);
    };
    stream.on("drain", onDrain);
    body.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  }

  #fail(failure: Omit<TransportFailure, "reusedConnection">): void {
    if (this.over) return;
    this.#leave();
    this.#stopSending?.();
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    this.#answer.failure({ ...failure, reusedConnection: this.#at?.reused ?? false });
  }

  #leave(): void {
    this.over = true;
    this.#deadlines.remove(this);
    this.#at?.over();
  }
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ? `${code}: ${message}` : message;
}
