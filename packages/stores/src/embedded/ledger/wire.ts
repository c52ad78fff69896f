/**
 * Hot path (benchmark: guard). What travels between a worker and the ledger's thread over a Unix socket, answers in any order: frames, each
 * with all that one turn of the event loop had to say. A frame is two lengths of 32 bits, JSON (a list of requests or of answers), and
 * behind it the bodies that the requests speak of, as they are.
 */
import type { LedgerOperation } from "../../ports/ledger.ts";

/** `bodyBytes`: so many of the bytes behind the JSON are the body that the input speaks of. */
export type LedgerRequest = [id: number, operation: LedgerOperation, input: unknown, bodyBytes?: number];
export type LedgerAnswer = [id: number, output: unknown] | [id: number, output: null, failure: string];

/** A base and a stored response of 1 MiB each in base64, and room to spare. */
export const maxFrameBytes = 8 * 1024 * 1024;
/** What is said in one turn is cut into frames of about this size. */
const wantedFrameBytes = 1024 * 1024;
const headBytes = 8;

/** Collects what a turn has to say. */
export class FrameWriter {
  #texts: string[] = [];
  #bodies: Uint8Array[] = [];
  #bytes = 0;
  #full: Buffer[] = [];

  add(text: string, body: Uint8Array | null): void {
    this.#texts.push(text);
    if (body !== null) this.#bodies.push(body);
    this.#bytes += text.length + (body === null ? 0 : body.length);
    if (this.#bytes >= wantedFrameBytes) this.#close();
  }

  /** To be written one after the other. */
  take(): Buffer[] {
    if (this.#texts.length > 0) this.#close();
    const frames = this.#full;
    this.#full = [];
    return frames;
  }

  #close(): void {
    this.#full.push(frame(`[${this.#texts.join(",")}]`, this.#bodies));
    this.#texts = [];
    this.#bodies = [];
    this.#bytes = 0;
  }
}

/** Short texts are not measured: three bytes a character are always enough. */
const measuredFrom = 64 * 1024;

function frame(text: string, bodies: readonly Uint8Array[]): Buffer {
  let bodyBytes = 0;
  for (const body of bodies) bodyBytes += body.length;
  const textRoom = text.length < measuredFrom ? text.length * 3 : Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(headBytes + textRoom + bodyBytes);
  const textBytes = bytes.write(text, headBytes, "utf8");
  let end = headBytes + textBytes;
  for (const body of bodies) {
    bytes.set(body, end);
    end += body.length;
  }
  bytes.writeUInt32LE(textBytes, 0);
  bytes.writeUInt32LE(bodyBytes, 4);
  return bytes.subarray(0, end);
}

/** Bytes come in as they come; calls back once for every whole frame. What it gives is only good until the callback returns. */
export class FrameReader {
  readonly #onFrame: (messages: unknown[], bodies: Buffer) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Of the frame that is coming, its head included; 0 while that is not known. */
  #wanted = 0;

  constructor(onFrame: (messages: unknown[], bodies: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Throws when a frame is too long or is not JSON; the connection is then of no more use. */
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
      const textBytes = bytes.readUInt32LE(at);
      const bodyBytes = bytes.readUInt32LE(at + 4);
      const length = headBytes + textBytes + bodyBytes;
      if (length > maxFrameBytes) throw new Error(`a message is longer than ${maxFrameBytes} bytes`);
      this.#wanted = length;
      if (bytes.length - at < length) break;
      const bodiesAt = at + headBytes + textBytes;
      this.#onFrame(JSON.parse(bytes.toString("utf8", at + headBytes, bodiesAt)) as unknown[], bytes.subarray(bodiesAt, bodiesAt + bodyBytes));
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
