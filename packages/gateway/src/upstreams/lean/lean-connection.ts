/**
 * Hot path (benchmarks: http, streaming). One connection to an origin, which carries one call at a time. It is closed
 * after anything that leaves doubt about where the next answer would begin.
 */
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Deadlined } from "../../exchange/deadlines.ts";
import { isWhole, pacedPieces } from "../body-pieces.ts";
import type { TransportFailure } from "../transport.ts";
import type { AnswerHead } from "./answer-head.ts";
import { AnswerParser, type ParsedAnswer } from "./answer-parser.ts";
import { BodySender } from "./body-sender.ts";
import type { LeanCall } from "./lean-call.ts";
import type { TurnEnd, TurnItem } from "../../http1/turn-end.ts";

export interface ConnectionOwner {
  /** It is free for the next call. */
  free(connection: LeanConnection): void;
  /** It is gone. */
  closed(connection: LeanConnection): void;
}

/** While a body is sent its source has its own limit, which should be the one to speak; this is for a stuck upstream. */
const sendingGraceMs = 1000;
const noBody: readonly Buffer[] = [];

export class LeanConnection implements Deadlined, ParsedAnswer, TurnItem {
  place = -1;
  deadlineMs = Infinity;
  /** From the server's own Keep-Alive field; null where it said none. */
  keepAliveMs: number | null = null;
  /** When the call that it carries, or carried last, was sent. */
  askedAtMs = 0;
  #owner: ConnectionOwner;
  #turn: TurnEnd;
  #parser = new AnswerParser(this);
  #socket: Socket | null = null;
  #call: LeanCall | null = null;
  #sender: BodySender | null = null;
  #phase: "connect" | "first-byte" | "body" | "idle" | "closed" = "connect";
  #calls = 0;
  #reusable = true;
  #flows = true;
  /** The call's request waits for the end of the turn. */
  #unsent = false;

  constructor(owner: ConnectionOwner, turn: TurnEnd) {
    this.#owner = owner;
    this.#turn = turn;
  }

  /** The call is sent as soon as the connection stands. */
  attach(socket: Socket, call: LeanCall, readyEvent: "connect" | "secureConnect"): void {
    this.#socket = socket;
    this.#call = call;
    call.connection = this;
    this.deadlineMs = performance.now() + call.request.timeouts.connectMs;
    socket.once(readyEvent, () => this.#send());
    socket.on("error", (error) => this.fail(this.#lossKind(), describe(error)));
    socket.on("end", () => this.#ended());
    socket.on("close", () => this.fail(this.#lossKind(), "the upstream closed the connection"));
  }

  /** The next call on a connection that is idle. */
  carry(call: LeanCall): void {
    this.#call = call;
    call.connection = this;
    this.#send();
  }

  resume(): void {
    if (this.#flows || this.#socket === null) return;
    this.#flows = true;
    if (this.#phase === "body") this.#awaitMore();
    this.#socket.resume();
  }

  /** The bytes are only good until it returns; false pauses the socket. */
  onRead(bytes: Buffer): boolean {
    // Nothing was asked: an answer to nobody, or a server that says why it is about to close.
    if (this.#call === null || this.#phase === "connect" || this.#unsent) {
      this.fail(this.#lossKind(), "the upstream sent something before it was asked");
      return true;
    }
    const reading = this.#parser.feed(bytes);
    switch (reading.kind) {
      case "more":
        if (this.#flows) this.#awaitMore();
        return this.#flows;
      case "complete":
        this.#complete(reading.trailers, reading.surplus);
        return true;
      case "malformed":
        this.fail("protocol", reading.detail);
        return true;
      case "stopped":
        return true;
    }
  }

  head(head: AnswerHead): void {
    if (head.status >= 200) {
      this.#phase = "body";
      this.#reusable = head.reusable;
      this.keepAliveMs = head.keepAliveMs;
    } else this.#reusable &&= head.reusable;
    (this.#call as LeanCall).answer.head(head.status, head.rawHeaders, head.statusText);
  }

  data(chunk: Buffer): void {
    if ((this.#call as LeanCall).answer.data(chunk)) return;
    // A slow reader is not a slow upstream.
    this.#flows = false;
    this.deadlineMs = Infinity;
  }

  onDeadline(): void {
    const timeouts = this.#call?.request.timeouts;
    if (!timeouts) this.close();
    else if (this.#phase === "connect") this.fail("timeout-connect", `no connection within ${timeouts.connectMs} ms`);
    else if (this.#phase === "body") this.fail("timeout-idle", `nothing came for ${timeouts.idleMs} ms`);
    else if (this.#sender) this.fail("timeout-idle", `the upstream took nothing of the request for ${timeouts.idleMs} ms`);
    else this.fail("timeout-first-byte", `no answer within ${timeouts.firstByteMs} ms`);
  }

  /** The call that it carries, if any, fails with it. */
  fail(kind: TransportFailure["kind"], detail: string): void {
    const call = this.#call;
    const notSent = this.#phase === "connect" || this.#unsent;
    this.close();
    call?.failed({ kind, notSent, reusedConnection: this.#calls > 1, detail });
  }

  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.deadlineMs = Infinity;
    this.#call = null;
    this.#unsent = false;
    this.#parser.stop();
    this.#sender?.stop();
    this.#socket?.destroy();
    this.#owner.closed(this);
  }

  #send(): void {
    const call = this.#call;
    // It may have been aborted while the connection was made.
    if (call === null) return;
    this.#calls++;
    this.#phase = "first-byte";
    this.#reusable = true;
    this.#flows = true;
    this.#parser.expect(call.request.method);
    // The upstream's time begins when it is asked, however long this turn takes.
    this.deadlineMs = Infinity;
    this.#unsent = true;
    this.#turn.add(this);
  }

  /** Part of `TurnItem`. */
  endOfTurn(): void {
    // Aborted meanwhile.
    if (!this.#unsent) return;
    this.#unsent = false;
    const { request, head } = this.#call as LeanCall;
    const socket = this.#socket as Socket;
    this.askedAtMs = performance.now();
    this.deadlineMs = this.askedAtMs + request.timeouts.firstByteMs;
    const { body } = request;
    // A small body travels in the same segment as the header section.
    if (body === null) this.#turn.out.write(socket, { before: head.text, body: noBody, bodyBytes: 0, after: "" });
    else if (Buffer.isBuffer(body)) this.#turn.out.write(socket, { before: head.text, body: [body], bodyBytes: body.length, after: "" });
    else this.#sendStream(this.#call as LeanCall, socket, isWhole(body) ? pacedPieces(body) : body);
  }

  #sendStream({ request, head }: LeanCall, socket: Socket, body: Readable): void {
    const patience = request.timeouts.idleMs + sendingGraceMs;
    this.deadlineMs = performance.now() + patience;
    socket.write(head.text, "latin1");
    this.#sender = new BodySender(socket, body, head.length, {
      progress: () => {
        if (this.#phase === "first-byte") this.deadlineMs = performance.now() + patience;
      },
      sent: () => {
        this.#sender = null;
        if (this.#phase === "first-byte") this.deadlineMs = performance.now() + request.timeouts.firstByteMs;
      },
      broken: (detail) => this.fail("aborted", detail),
    });
  }

  #awaitMore(): void {
    if (this.#phase === "body") this.deadlineMs = performance.now() + (this.#call as LeanCall).request.timeouts.idleMs;
  }

  #complete(trailers: string[], surplus: boolean): void {
    const call = this.#call as LeanCall;
    this.#call = null;
    // An answer before the request's end leaves the rest of the request on the wire; surplus bytes were never asked for.
    if (this.#sender !== null || surplus || !this.#reusable) this.close();
    else {
      this.#phase = "idle";
      // The last data may have asked for a pause, which would now concern the next call.
      this.#flows = true;
      this.#owner.free(this);
    }
    call.ended(trailers);
  }

  #ended(): void {
    if (this.#phase === "body" && this.#parser.endsWithConnection) this.#complete([], false);
    else this.fail(this.#lossKind(), "the upstream closed the connection before the answer's end");
  }

  #lossKind(): "connect-failure" | "reset" {
    return this.#phase === "connect" ? "connect-failure" : "reset";
  }
}

/** Codes say what went wrong; messages can hold addresses, which are the operator's own and go into the record only. */
function describe(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const message = error.message || (error instanceof AggregateError ? String(error.errors[0]) : "");
  return code ? `${code}: ${message}` : message;
}
