/**
 * Hot path (benchmark: guard). What travels between a worker and the ledger's thread over a Unix socket, answers in any order: frames, each
 * with all that one turn of the event loop had to say. A frame is its length in 32 bits and the messages, packed or as JSON.
 */
import type { LedgerOperation } from "../../ports/ledger.ts";
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
  #full: Buffer[] = [];

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

  failure(id: number, reason: string): void {
    this.#messages.addJson(id, JSON.stringify([null, reason]), null);
    this.#cut();
  }

  /** To be written one after the other. */
  take(): Buffer[] {
    if (!this.#messages.isEmpty) this.#close();
    const frames = this.#full;
    this.#full = [];
    return frames;
  }

  #cut(): void {
    if (this.#messages.length >= wantedFrameBytes) this.#close();
  }

  #close(): void {
    const frame = this.#messages.take();
    frame.writeUInt32LE(frame.length - headBytes, 0);
    this.#full.push(frame);
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

/** `failure` is what the ledger could not do it for. */
export function readAnswers(frame: Buffer, onAnswer: (id: number, output: unknown, failure: string | null) => void): void {
  readMessages(frame, (message) => {
    if (message.kind !== jsonKind) return onAnswer(message.id, codecOfKind(message.kind).codec.unpackOutput(message), null);
    const [output, failure = null] = JSON.parse(message.texts[0] ?? "") as [output: unknown, failure?: string];
    onAnswer(message.id, output, failure);
  });
}

/** Bytes come in as they come; calls back once for every whole frame. What it gives is only good until the callback returns. */
export class FrameReader {
  readonly #onFrame: (frame: Buffer) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Of the frame that is coming, its head included; 0 while that is not known. */
  #wanted = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Throws when a frame is too long or cannot be read; the connection is then of no more use. */
  push(chunk: Buffer): void {
    if (this.#bytes === 0) return this.#read(chunk);
    this.#keep(chunk);
    if (this.#bytes < this.#wanted) return;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    this.#read(bytes);
  }

  #read(bytes: Buffer): void {
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const length = headBytes + bytes.readUInt32LE(at);
      if (length > maxFrameBytes) throw new Error(`a message is longer than ${maxFrameBytes} bytes`);
      this.#wanted = length;
      if (bytes.length - at < length) break;
      this.#onFrame(bytes.subarray(at + headBytes, at + length));
      at += length;
    }
    if (bytes.length - at < headBytes) this.#wanted = headBytes;
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  /** A copy: whoever reads uses the same memory again. */
  #keep(bytes: Buffer): void {
    this.#parts.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
  }
}
