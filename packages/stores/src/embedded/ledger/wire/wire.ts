/**
 * Hot path (benchmark: guard). What travels between a worker and the ledger's thread over a Unix socket, answers in any order: frames, each
 * with all that one turn of the event loop had to say. A frame is its length in 32 bits and the messages, packed or as JSON.
 */
import type { LedgerOperation } from "../../../ports/ledger.ts";
import { bodyIn, restoreBody, withoutBody } from "./carried-body.ts";
import { jsonKind, MessageBuffer, readMessages } from "./message-buffer.ts";
import { codecOf, codecOfKind } from "./packed/codecs.ts";

/** A base and a stored response of 1 MiB each in base64, and room to spare. */
export const maxFrameBytes = 8 * 1024 * 1024;
/** What is said in one turn is cut into frames of about this size. */
const wantedFrameBytes = 1024 * 1024;
const headBytes = 4;

/** Collects what a turn has to say. */
export class FrameWriter {
  readonly #messages = new MessageBuffer(headBytes);
  #full: Uint8Array[] = [];

  request(id: number, operation: LedgerOperation, input: unknown): void {
    const codec = codecOf(operation);
    const packed = codec?.packInput(input as never) ?? null;
    const body = bodyIn(operation, input);
    if (codec === undefined || packed === null || !this.#messages.addPacked(codec.kind, id, { packed, body })) {
      this.#messages.addJson(id, JSON.stringify([operation, body === null ? input : withoutBody(input)]), body);
    }
    this.#cut();
  }

  answer(id: number, operation: LedgerOperation, output: unknown): void {
    const codec = codecOf(operation);
    const packed = codec?.packOutput(output as never) ?? null;
    if (codec === undefined || packed === null || !this.#messages.addPacked(codec.kind, id, { packed, body: null })) this.#messages.addJson(id, JSON.stringify([output]), null);
    this.#cut();
  }

  failure(id: number, failure: OperationFailure): void {
    this.#messages.addJson(id, JSON.stringify([null, failure]), null);
    this.#cut();
  }

  /** To be written one after the other. Bodies are as they were given, and have to stay so. */
  take(): Uint8Array[] {
    if (!this.#messages.isEmpty) this.#close();
    const frames = this.#full;
    this.#full = [];
    return frames;
  }

  #cut(): void {
    if (this.#messages.length >= wantedFrameBytes) this.#close();
  }

  #close(): void {
    const { length } = this.#messages;
    const pieces = this.#messages.take();
    pieces[0].writeUInt32LE(length - headBytes, 0);
    this.#full.push(...pieces);
  }
}

/** Throws where the frame is none. */
export function readRequests(frame: Buffer, onRequest: (id: number, operation: LedgerOperation, input: unknown) => void): void {
  readMessages(frame, (message) => {
    const { kind, id, texts, body } = message;
    if (kind !== jsonKind) {
      const { operation, codec } = codecOfKind(kind);
      return onRequest(id, operation, codec.unpackInput(message, body));
    }
    const [operation, input] = JSON.parse(texts[0] ?? "") as [LedgerOperation, unknown];
    if (bodyIn(operation, input) !== null) restoreBody(input, body);
    onRequest(id, operation, input);
  });
}

/** What the ledger could not do it for. */
export interface OperationFailure {
  reason: string;
  /** The database cannot be used now; otherwise it is a bug. */
  isUnavailable: boolean;
}

export function readAnswers(frame: Buffer, onAnswer: (id: number, output: unknown, failure: OperationFailure | null) => void): void {
  readMessages(frame, (message) => {
    if (message.kind !== jsonKind) return onAnswer(message.id, codecOfKind(message.kind).codec.unpackOutput(message), null);
    const [output, failure = null] = JSON.parse(message.texts[0] ?? "") as [output: unknown, failure?: OperationFailure];
    onAnswer(message.id, output, failure);
  });
}

/** Bytes come in as they come; calls back once for every whole frame. What it gives is only good until the callback returns. */
export class FrameReader {
  readonly #onFrame: (frame: Buffer) => void;
  /** Of the frame that is coming: its head until that is whole, then its content. */
  #head = Buffer.alloc(headBytes);
  #headFilled = 0;
  #frame: Buffer | null = null;
  #filled = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Throws when a frame is too long or cannot be read; the connection is then of no more use. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      at = this.#frame !== null ? this.#continue(this.#frame, chunk, at) : this.#headFilled > 0 || chunk.length - at < headBytes ? this.#readHead(chunk, at) : this.#begin(chunk, at);
    }
  }

  /** A frame that lies in the chunk as a whole is not copied. */
  #begin(chunk: Buffer, at: number): number {
    const length = lengthOf(chunk.readUInt32LE(at));
    const start = at + headBytes;
    if (chunk.length - start < length) {
      this.#expect(length);
      return start;
    }
    this.#onFrame(chunk.subarray(start, start + length));
    return start + length;
  }

  #readHead(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#head, this.#headFilled, at, at + headBytes - this.#headFilled);
    this.#headFilled += copied;
    if (this.#headFilled === headBytes) this.#expect(lengthOf(this.#head.readUInt32LE(0)));
    return at + copied;
  }

  #expect(length: number): void {
    this.#headFilled = 0;
    this.#filled = 0;
    this.#frame = Buffer.allocUnsafe(length);
  }

  /** A copy: whoever reads uses the same memory again. */
  #continue(frame: Buffer, chunk: Buffer, at: number): number {
    const copied = chunk.copy(frame, this.#filled, at);
    this.#filled += copied;
    if (this.#filled === frame.length) {
      this.#frame = null;
      this.#onFrame(frame);
    }
    return at + copied;
  }
}

function lengthOf(length: number): number {
  if (length > maxFrameBytes - headBytes) throw new Error(`a message is longer than ${maxFrameBytes} bytes`);
  return length;
}
