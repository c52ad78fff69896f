/**
 * Hot path (benchmarks: http). Takes requests off a connection, one after the other, and no faster than they are wanted: a body
 * waits until somebody reads it, and a pipelined request until the one before has had its answer. What waits is bounded.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { FieldNames } from "./field-map.ts";
import { type BodyCarrier, InboundBody } from "./inbound-body.ts";
import type { InboundHead } from "./request-head.ts";
import { type ParsedRequest, RequestParser } from "./request-parser.ts";

export interface IntakeEvents {
  begun(head: InboundHead, body: InboundBody | null): void;
  /** The request is in. True where its answer has gone out already, so that the next may begin. */
  isAnswered(): boolean;
  /** Nothing can be read any more. */
  broken(refusal: Refusal): void;
  /** The connection is one of HTTP/2; `rest` has all that was taken of it and not used. */
  preface(): void;
  askForBody(): void;
  /** After `take` said no. */
  readOn(): void;
}

/** So much of what came too early is kept. */
const maxPendingBytes = 64 * 1024;
/** So much of a body that nobody wants is read to keep the connection; past it, or unknown, the connection ends. */
const skippedBodyBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

export class RequestIntake implements ParsedRequest, BodyCarrier {
  readonly #events: IntakeEvents;
  readonly #parser: RequestParser;
  #head: InboundHead | null = null;
  #body: InboundBody | null = null;
  #pending: Buffer | null = null;
  #parsing = false;
  #paused = false;
  #stopped = false;
  #preface: Buffer | null = null;

  constructor(events: IntakeEvents, options: { names: FieldNames; headerBytes: number }) {
    this.#events = events;
    this.#parser = new RequestParser(this, options);
  }

  /** The request that is being read or answered. */
  get current(): InboundHead | null {
    return this.#head;
  }

  get isInHead(): boolean {
    return this.#parser.isInHead;
  }

  /** Nothing has come of a request that was not answered yet. */
  get isBetween(): boolean {
    return this.#parser.isBetween && this.#pending === null;
  }

  /** All that came was wanted, as far as is known. */
  get isClean(): boolean {
    return this.#body === null && this.#pending === null && !this.#stopped;
  }

  /** The bytes are only good until it returns. False asks to be given no more for now. */
  take(bytes: Buffer): boolean {
    if (this.#pending !== null) this.#pending = Buffer.concat([this.#pending, bytes]);
    else this.#parse(bytes);
    this.#paused = this.#pending !== null && (this.#pending.length >= maxPendingBytes || this.#body !== null);
    return !this.#paused;
  }

  /** Part of `BodyCarrier`: what waits can be read now. */
  goOn(): void {
    if (this.#parsing || this.#stopped) return;
    const pending = this.#pending;
    if (pending !== null) {
      this.#pending = null;
      this.#parse(pending);
    }
    if (!this.#paused || this.#pending !== null) return;
    this.#paused = false;
    this.#events.readOn();
  }

  askForBody(): void {
    this.#events.askForBody();
  }

  /** The answer is out; its request is perhaps not in yet, and then what is missing is for nobody. */
  next(): void {
    this.#body?.drop();
    if (!this.#parser.isWhole) return;
    this.#parser.next();
    this.#head = null;
    this.goOn();
  }

  /** A body that is still coming and is too long to be skipped, or that the client holds back until it is asked for. */
  leavesBody(isWholeAnswer: boolean): boolean {
    const body = this.#body;
    if (body === null) return false;
    const { length, expectsContinue } = this.#head as InboundHead;
    if (isWholeAnswer && !body.hasReader && !body.isHeldBack) body.drop();
    return !this.#parser.isWhole && (length === null || length > skippedBodyBytes || expectsContinue);
  }

  /** Nothing is taken any more. */
  stop(): void {
    this.#stopped = true;
    this.#parser.stop();
  }

  /** What was taken and not used, for whoever reads the connection now. */
  rest(): Buffer {
    const bytes = Buffer.concat([this.#preface ?? nothing, this.#pending ?? nothing]);
    this.#pending = null;
    return bytes;
  }

  head(head: InboundHead): void {
    this.#head = head;
    this.#body = head.length === 0 ? null : new InboundBody(this, head.expectsContinue);
    this.#events.begun(head, this.#body);
  }

  data(chunk: Buffer): void {
    this.#body?.take(chunk);
  }

  end(): void {
    const body = this.#body;
    this.#body = null;
    body?.ended();
    if (this.#events.isAnswered()) this.next();
  }

  preface(taken: Buffer): void {
    this.#preface = taken;
    this.stop();
  }

  broken(refusal: Refusal): void {
    this.stop();
    this.#events.broken(refusal);
  }

  #parse(bytes: Buffer): void {
    let offset = 0;
    this.#parsing = true;
    try {
      while (offset < bytes.length && this.#readsOn()) offset = this.#parser.feed(bytes, offset);
    } finally {
      this.#parsing = false;
    }
    this.#pending = offset < bytes.length ? Buffer.from(bytes.subarray(offset)) : null;
    if (this.#preface !== null) this.#events.preface();
  }

  #readsOn(): boolean {
    return !this.#stopped && !this.#parser.isWhole && (this.#body === null || this.#body.isWanted);
  }
}
