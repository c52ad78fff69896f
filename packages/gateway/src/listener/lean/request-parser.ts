/**
 * Hot path (benchmarks: http). Reads the requests of one connection, one after the other (RFC 9112). Pure: it is fed bytes,
 * which belong to the socket and are copied before they are handed on, and says how far it came. After a request's end
 * it reads nothing more until it is told to go on, so a pipelined request waits for its turn.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import { ChunkedBody } from "../../http1/chunked-body.ts";
import type { FieldNames } from "./field-map.ts";
import { PartialHead } from "./partial-head.ts";
import { headTooLarge, malformed, targetTooLong } from "./request-faults.ts";
import { type InboundHead, inboundHead } from "./request-head.ts";

export interface ParsedRequest {
  head(head: InboundHead): void;
  /** The chunk is the receiver's. */
  data(chunk: Buffer): void;
  /** The request is whole. */
  end(): void;
  /** The connection begins with HTTP/2 (RFC 9113 §3.4): these bytes of it were taken. */
  preface(taken: Buffer): void;
  /** Nothing can be read any more. */
  broken(refusal: Refusal): void;
}

export interface ParserOptions {
  names: FieldNames;
  /** Of a header section. */
  headerBytes: number;
}

const sectionEnd = Buffer.from("\r\n\r\n");
const prefaceLine = Buffer.from("PRI * HTTP/2.0\r\n\r\n", "latin1");
/** Before a request line (RFC 9112 §2.2). */
const maxEmptyLines = 4;
const carriageReturn = 13;
const lineFeed = 10;

export class RequestParser {
  readonly #receiver: ParsedRequest;
  readonly #options: ParserOptions;
  #state: "head" | "sized" | "chunked" | "whole" | "broken" = "head";
  #remaining = 0;
  #chunked: ChunkedBody | null = null;
  #partial: PartialHead | null = null;
  #emptyLines = 0;
  #requests = 0;

  constructor(receiver: ParsedRequest, options: ParserOptions) {
    this.#receiver = receiver;
    this.#options = options;
  }

  /** A header section has begun and not ended. */
  get isInHead(): boolean {
    return this.#partial !== null;
  }

  /** Nothing of the next request is there. */
  get isBetween(): boolean {
    return this.#state === "head" && this.#partial === null;
  }

  get isWhole(): boolean {
    return this.#state === "whole";
  }

  /** The request before has had its answer. */
  next(): void {
    if (this.#state === "whole") this.#state = "head";
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#state = "broken";
    this.#partial = null;
  }

  /** Reads from `offset` to the end of the bytes, of the header section, or of the request, and says how far it came. */
  feed(bytes: Buffer, offset: number): number {
    switch (this.#state) {
      case "head":
        return this.#head(bytes, offset);
      case "sized":
        return this.#sized(bytes, offset);
      case "chunked":
        return this.#chunks(bytes, offset);
      case "whole":
      case "broken":
        return offset;
    }
  }

  #head(bytes: Buffer, offset: number): number {
    if (this.#partial !== null) return this.#goOn(this.#partial, bytes, offset);
    const start = bytes[offset] === carriageReturn ? this.#skipEmptyLines(bytes, offset) : offset;
    if (start >= bytes.length) return start;
    const end = bytes.indexOf(sectionEnd, start);
    if (end === -1) {
      this.#partial = new PartialHead();
      return this.#goOn(this.#partial, bytes, start);
    }
    if (end + sectionEnd.length - start > this.#options.headerBytes) this.#refuseLarge(bytes.subarray(start));
    else this.#section(bytes.toString("latin1", start, end));
    return end + sectionEnd.length;
  }

  #goOn(partial: PartialHead, bytes: Buffer, offset: number): number {
    const before = partial.length;
    if (before === 1 && partial.isHalfEmptyLine && bytes[offset] === lineFeed && this.#emptyLines < maxEmptyLines) {
      this.#partial = null;
      this.#emptyLines++;
      return this.#head(bytes, offset + 1);
    }
    const limit = this.#options.headerBytes;
    // One more than allowed tells that it is too large.
    const room = limit + 1 - before;
    partial.add(bytes.length - offset > room ? bytes.subarray(offset, offset + room) : bytes.subarray(offset));
    const whole = partial.bytes;
    const end = whole.indexOf(sectionEnd, Math.max(0, before - 3));
    if (end === -1 || end + sectionEnd.length > limit) {
      const problem = partial.problem(before);
      if (problem !== null) this.#refuse(malformed(problem));
      else if (partial.length > limit) this.#refuseLarge(whole);
      return bytes.length;
    }
    this.#partial = null;
    this.#section(whole.toString("latin1", 0, end));
    return offset + end + sectionEnd.length - before;
  }

  #section(text: string): void {
    if (this.#requests++ === 0 && text === "PRI * HTTP/2.0") {
      this.stop();
      return this.#receiver.preface(prefaceLine);
    }
    const head = inboundHead(text, this.#options.names);
    if ("code" in head) return this.#refuse(head);
    this.#emptyLines = 0;
    if (head.length === 0) this.#state = "whole";
    else if (head.length === null) {
      this.#state = "chunked";
      this.#chunked = new ChunkedBody({ strict: true });
    } else {
      this.#state = "sized";
      this.#remaining = head.length;
    }
    this.#receiver.head(head);
    if (head.length === 0) this.#receiver.end();
  }

  #sized(bytes: Buffer, offset: number): number {
    const end = Math.min(bytes.length, offset + this.#remaining);
    this.#remaining -= end - offset;
    if (this.#remaining === 0) this.#state = "whole";
    if (end > offset) this.#receiver.data(Buffer.from(bytes.subarray(offset, end)));
    if (this.#remaining === 0) this.#receiver.end();
    return end;
  }

  #chunks(bytes: Buffer, offset: number): number {
    const body = this.#chunked as ChunkedBody;
    const end = body.read(bytes, offset);
    const data = body.taken();
    const { problem, isDone } = body;
    if (problem === null && isDone) {
      this.#state = "whole";
      this.#chunked = null;
    }
    if (data !== null && data.length > 0) this.#receiver.data(data);
    if (problem !== null) this.#refuse(malformed(problem));
    else if (isDone) this.#receiver.end();
    return end;
  }

  #skipEmptyLines(bytes: Buffer, offset: number): number {
    while (this.#emptyLines < maxEmptyLines && bytes[offset] === carriageReturn && bytes[offset + 1] === lineFeed) {
      offset += 2;
      this.#emptyLines++;
    }
    return offset;
  }

  #refuseLarge(section: Buffer): void {
    const limit = this.#options.headerBytes;
    const lineEnd = section.indexOf("\r\n");
    this.#refuse(lineEnd === -1 || lineEnd >= limit ? targetTooLong(limit) : headTooLarge(limit));
  }

  #refuse(refusal: Refusal): void {
    this.stop();
    this.#receiver.broken(refusal);
  }
}
