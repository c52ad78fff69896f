/**
 * Hot path (benchmarks: http, streaming). Reads the answers of one connection, one after the other (RFC 9112). The bytes
 * that it is fed belong to the socket and are copied before they are handed on.
 */
import { type AnswerHead, answerHead } from "./answer-head.ts";
import { ChunkedBody } from "../../http1/chunked-body.ts";

export interface ParsedAnswer {
  head(head: AnswerHead): void;
  /** The chunk is the receiver's. */
  data(chunk: Buffer): void;
}

/** `more`: the answer goes on. `stopped`: `stop` was called meanwhile. Anything else says what is wrong. */
export type Reading = { kind: "more" } | { kind: "complete"; trailers: string[]; surplus: boolean } | { kind: "stopped" } | { kind: "malformed"; detail: string };

const more: Reading = { kind: "more" };
const stopped: Reading = { kind: "stopped" };
const noTrailers: string[] = [];
const sectionEnd = Buffer.from("\r\n\r\n");

/** 64 KiB of header fields is what the usual servers send at most. */
const maxHeaderBytes = 64 * 1024;
const maxInterimAnswers = 32;

export class AnswerParser {
  #receiver: ParsedAnswer;
  #method = "";
  #state: "head" | "sized" | "chunked" | "until-close" | "complete" = "complete";
  #remaining = 0;
  #chunked: ChunkedBody | null = null;
  #partialHead: Buffer | null = null;
  #interimAnswers = 0;
  #stopped = false;

  constructor(receiver: ParsedAnswer) {
    this.#receiver = receiver;
  }

  /** The next answer is to a request of this method. */
  expect(method: string): void {
    this.#method = method;
    this.#state = "head";
    this.#interimAnswers = 0;
  }

  /** Nothing is handed on any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** True where the connection's end is the body's. */
  get endsWithConnection(): boolean {
    return this.#state === "until-close";
  }

  feed(bytes: Buffer): Reading {
    let offset = 0;
    while (this.#state === "head") {
      const reading = this.#head(bytes, offset);
      if (typeof reading !== "number") return reading;
      offset = reading;
      if (this.#stopped) return stopped;
    }
    return this.#body(bytes, offset);
  }

  /** How far it came, once the section is complete. */
  #head(bytes: Buffer, offset: number): number | Reading {
    const whole = this.#partialHead ? Buffer.concat([this.#partialHead, bytes.subarray(offset)]) : bytes;
    const before = this.#partialHead?.length ?? 0;
    const start = this.#partialHead ? 0 : offset;
    const end = whole.indexOf(sectionEnd, Math.max(start, before - 3));
    if ((end === -1 ? whole.length : end) - start > maxHeaderBytes) return malformed("the header section is too large");
    if (end === -1) {
      this.#partialHead = Buffer.from(whole.subarray(start));
      return more;
    }
    this.#partialHead = null;
    const head = answerHead(whole.toString("latin1", start, end), this.#method);
    if (typeof head === "string") return malformed(head);
    if (head.status === 101) return malformed("the upstream switched protocols without being asked");
    if (head.status < 200 && ++this.#interimAnswers > maxInterimAnswers) return malformed("too many interim answers");
    this.#begin(head);
    return before === 0 ? end + 4 : offset + (end + 4 - before);
  }

  #begin(head: AnswerHead): void {
    if (head.status >= 200) {
      this.#state = head.framing === "none" ? "complete" : head.framing;
      this.#remaining = head.length;
      this.#chunked = head.framing === "chunked" ? new ChunkedBody() : null;
    }
    this.#receiver.head(head);
  }

  #body(bytes: Buffer, offset: number): Reading {
    if (this.#state === "chunked") return this.#chunkedBody(bytes, offset);
    if (this.#state !== "complete") {
      const end = this.#state === "sized" ? Math.min(bytes.length, offset + this.#remaining) : bytes.length;
      this.#remaining -= end - offset;
      if (this.#state === "sized" && this.#remaining === 0) this.#state = "complete";
      if (end > offset) this.#receiver.data(copied(bytes, offset, end));
      offset = end;
    }
    return this.#outcome(bytes, offset, noTrailers);
  }

  #chunkedBody(bytes: Buffer, offset: number): Reading {
    const body = this.#chunked as ChunkedBody;
    const end = body.read(bytes, offset);
    if (body.isDone) this.#state = "complete";
    const data = body.taken();
    if (data) this.#receiver.data(data);
    if (this.#stopped) return stopped;
    if (body.problem !== null) return malformed(body.problem);
    return this.#outcome(bytes, end, body.trailers);
  }

  #outcome(bytes: Buffer, offset: number, trailers: string[]): Reading {
    if (this.#stopped) return stopped;
    if (this.#state !== "complete") return more;
    return { kind: "complete", trailers, surplus: offset < bytes.length };
  }
}

function malformed(detail: string): Reading {
  return { kind: "malformed", detail };
}

function copied(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}
