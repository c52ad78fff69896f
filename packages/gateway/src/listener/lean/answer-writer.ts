/**
 * Hot path (benchmarks: http, streaming). Writes one answer to a connection. What is said in one turn of the event loop goes
 * out at its end, all together: an answer that is complete by then goes in one piece, and no byte waits longer.
 */
import type { TurnItem } from "../../http1/turn-end.ts";
import { writePieces } from "./answer-pieces.ts";
import { type AnswerFraming, type AnswerHead, answerHead, fieldText, framed, interimText, isBodiless } from "./answer-text.ts";
import type { InboundConnection } from "./inbound-connection.ts";
import type { InboundHead } from "./request-head.ts";

/** More is not held back for the end of the turn. */
const heldBytes = 16 * 1024;

export class AnswerWriter implements TurnItem {
  readonly #connection: InboundConnection;
  readonly #request: InboundHead;
  #phase: "open" | "begun" | "over" = "open";
  #head: AnswerHead | null = null;
  /** Once the head is out. */
  #framing: AnswerFraming | null = null;
  #keepAlive = true;
  #bodiless = false;
  #givenBytes = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #ending = false;
  #trailers = "";
  #waits = false;
  /** The producer was asked to pause. */
  #blocked = false;
  #finished = false;
  #onDrain: (() => void) | null = null;
  #onClosed: (() => void) | null = null;

  constructor(connection: InboundConnection, request: InboundHead) {
    this.#connection = connection;
    this.#request = request;
    connection.answer = this;
  }

  get isOpen(): boolean {
    return this.#phase === "open";
  }

  /** Nothing more can be said. */
  get isOver(): boolean {
    return this.#ending || this.#phase === "over";
  }

  /** It went out to its last byte. */
  get isFinished(): boolean {
    return this.#finished;
  }

  /** Called once: it went out, or the connection has gone. */
  onClosed(callback: () => void): void {
    this.#onClosed = callback;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  interim(status: number, rawHeaders: readonly string[]): void {
    // 100 and 101 are this connection's own; HTTP/1.0 has none (RFC 9110 §15.2).
    if (this.#phase !== "open" || status === 100 || status === 101 || this.#request.isHttp10) return;
    this.#connection.write(interimText(status, rawHeaders));
  }

  /** Throws where a field would not be one line. */
  head(status: number, rawHeaders: readonly string[], statusText = ""): void {
    if (this.#phase !== "open") return;
    this.#head = answerHead(status, { statusText, rawHeaders, date: this.#connection.host.date.now() });
    this.#bodiless = isBodiless(status, this.#request.method);
    this.#phase = "begun";
    this.#wait();
  }

  /** False asks to pause. */
  data(chunk: Buffer): boolean {
    if (this.#phase !== "begun" || this.#ending || this.#bodiless) return true;
    this.#givenBytes += chunk.length;
    const { length } = this.#head as AnswerHead;
    if (length !== null && this.#givenBytes > length) {
      this.cut();
      return true;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    // What is large goes on at once, but a first piece may be the only one.
    if (this.#heldBytes < heldBytes || (this.#framing === null && this.#held.length === 1)) this.#wait();
    else this.#flush();
    return !this.#blocked;
  }

  /** Throws where a trailer would not be one line. */
  end(rawTrailers?: readonly string[]): void {
    if (this.#phase !== "begun" || this.#ending) return;
    const length = (this.#head as AnswerHead).length;
    // A promise that was not kept must not look like an end.
    if (length !== null && !this.#bodiless && this.#givenBytes < length) return this.cut();
    if (rawTrailers !== undefined && rawTrailers.length > 0) {
      this.#trailers = fieldText(rawTrailers);
      // Only a chunked body has trailers.
      if (this.#framing === null) this.#flush();
    }
    this.#ending = true;
    this.#wait();
  }

  /** The end must not look like one: chunked coding is left open, a promised length unfulfilled, and else there is a reset. */
  cut(): void {
    if (this.#phase !== "begun" || this.#ending) return;
    this.#flush();
    this.#phase = "over";
    const kind = this.#framing?.kind;
    if (kind === "sized" || kind === "chunked") this.#connection.endSoon();
    else this.#connection.reset();
  }

  /** Part of `TurnItem`. */
  endOfTurn(): void {
    this.#waits = false;
    if (this.#phase === "begun") this.#flush();
  }

  /** The connection takes bytes again. */
  drained(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#onDrain?.();
  }

  /** The connection has gone, or is no longer HTTP. */
  gone(): void {
    this.#phase = "over";
    this.#close();
  }

  #wait(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#connection.host.turn.add(this);
  }

  #flush(): void {
    const before = this.#framing === null ? this.#frame() : "";
    const { kind } = this.#framing as AnswerFraming;
    const body = this.#held;
    const flows = writePieces(this.#connection.socket, this.#connection.host.turn.out, { before, body, bodyBytes: this.#heldBytes, isChunked: kind === "chunked", trailers: this.#ending ? this.#trailers : null });
    this.#held = [];
    this.#heldBytes = 0;
    this.#connection.touch();
    if (this.#ending) {
      this.#phase = "over";
      this.#connection.whenSent(this.#sent);
    } else if (!flows) this.#blocked = true;
  }

  #frame(): string {
    const wholeLength = this.#ending ? this.#heldBytes : null;
    this.#keepAlive = this.#connection.keepsAlive(this.#ending);
    const framing = framed(this.#head as AnswerHead, { request: this.#request, keepAlive: this.#keepAlive, wholeLength });
    if (framing.kind === "until-close") this.#keepAlive = false;
    this.#framing = framing;
    return framing.text;
  }

  #sent = (): void => {
    this.#finished = true;
    this.#close();
    this.#connection.answered(this.#keepAlive);
  };

  #close(): void {
    const callback = this.#onClosed;
    this.#onClosed = null;
    callback?.();
  }
}
