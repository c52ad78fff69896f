/**
 * Hot path (benchmark: guard). Messages as bytes. What is said most often is packed: its numbers, and all of its texts behind one another as one; the rest is
 * JSON. One buffer that grows and is used again, so what leaves it is a copy: a socket may still be writing it when the next is collected. A long body
 * leaves as it is, behind what was said before it.
 */
import type { Packed } from "./packed/codec.ts";

export interface WireMessage {
  /** 0: JSON, in `texts[0]`. */
  kind: number;
  id: number;
  numbers: number[];
  texts: (string | null)[];
  /** Only good until the reader of the message returns. */
  body: Buffer;
}

export const jsonKind = 0;
const firstBytes = 64 * 1024;
/** A body from here on is not copied: whoever hands it over leaves it as it is. */
const longBytes = 16 * 1024;
/** A buffer that had to grow for one long text is not kept. */
const keptBytes = 1024 * 1024;
/** Kind, id, the body's length, how many numbers and texts. */
const headBytes = 1 + 8 + 4 + 1 + 1;
/** Numbers are always few. */
const maxTexts = 0xff;
/** A length that says: no text. */
const absent = 0xffff;

export class MessageBuffer {
  readonly #start: number;
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #used: number;
  /** What is in front of the buffer: copies of it, and long bodies. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;

  /** `start`: so many bytes in front are the caller's to fill. */
  constructor(start: number) {
    this.#start = start;
    this.#used = start;
  }

  /** Of all that was collected, what the caller fills included. */
  get length(): number {
    return this.#piecesBytes + this.#used;
  }

  get isEmpty(): boolean {
    return this.length === this.#start;
  }

  /** In pieces, to be written one after the other; the caller's bytes are the first of the first. The next begins anew. */
  take(): [first: Buffer, ...rest: Uint8Array[]] {
    const [first = this.#copy(), ...rest] = this.#pieces;
    if (this.#pieces.length > 0 && this.#used > 0) rest.push(this.#copy());
    this.#pieces = [];
    this.#piecesBytes = 0;
    this.#used = this.#start;
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
    return [first as Buffer, ...rest];
  }

  #copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#used));
  }

  addJson(id: number, text: string, body: Uint8Array | null): void {
    const before = this.#used;
    this.#room(headBytes + 4 + text.length * 3);
    const at = before + headBytes + 4;
    const length = this.#bytes.write(text, at, "utf8");
    this.#bytes.writeUInt32LE(length, at - 4);
    this.#used = at + length;
    this.#head(before, { kind: jsonKind, id, packed: null, body });
  }

  /** False, and nothing was added, where a text is not ASCII or too long: that has to go as JSON. */
  addPacked(kind: number, id: number, { packed, body }: { packed: Packed; body: Uint8Array | null }): boolean {
    const { numbers, texts } = packed;
    if (texts.length > maxTexts) return false;
    const text = texts.join("");
    const before = this.#used;
    this.#room(headBytes + numbers.length * 8 + texts.length * 2 + text.length * 3);
    let at = before + headBytes;
    for (const number of numbers) at = this.#bytes.writeDoubleLE(number, at);
    for (const one of texts) {
      const length = one === null ? absent : one.length;
      if (one !== null && length >= absent) return false;
      at = this.#bytes.writeUInt16LE(length, at);
    }
    const length = this.#bytes.write(text, at, "utf8");
    if (length !== text.length) return false;
    this.#used = at + length;
    this.#head(before, { kind, id, packed, body });
    return true;
  }

  #head(at: number, { kind, id, packed, body }: { kind: number; id: number; packed: Packed | null; body: Uint8Array | null }): void {
    this.#bytes[at] = kind;
    this.#bytes.writeDoubleLE(id, at + 1);
    this.#bytes.writeUInt32LE(body === null ? 0 : body.length, at + 9);
    this.#bytes[at + 13] = packed === null ? 0 : packed.numbers.length;
    this.#bytes[at + 14] = packed === null ? 0 : packed.texts.length;
    if (body === null) return;
    if (body.length >= longBytes) return this.#alone(body);
    this.#room(body.length);
    this.#bytes.set(body, this.#used);
    this.#used += body.length;
  }

  #alone(body: Uint8Array): void {
    this.#pieces.push(this.#copy(), body);
    this.#piecesBytes += this.#used + body.length;
    this.#used = 0;
  }

  #room(count: number): void {
    if (this.#used + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + count));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

/** What `MessageBuffer` wrote. Throws where it is anything else. */
export function readMessages(bytes: Buffer, onMessage: (message: WireMessage) => void): void {
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes.readUInt8(at);
    const id = bytes.readDoubleLE(at + 1);
    const bodyBytes = bytes.readUInt32LE(at + 9);
    const parts = kind === jsonKind ? jsonParts(bytes, at + headBytes) : packedParts(bytes, at + headBytes, { numbers: bytes.readUInt8(at + 13), texts: bytes.readUInt8(at + 14) });
    const end = parts.end + bodyBytes;
    if (end > bytes.length) throw new Error("a message is longer than its frame");
    onMessage({ kind, id, numbers: parts.numbers, texts: parts.texts, body: bytes.subarray(parts.end, end) });
    at = end;
  }
}

interface Parts {
  numbers: number[];
  texts: (string | null)[];
  end: number;
}

function jsonParts(bytes: Buffer, at: number): Parts {
  const end = at + 4 + bytes.readUInt32LE(at);
  return { numbers: [], texts: [bytes.toString("utf8", at + 4, end)], end };
}

function packedParts(bytes: Buffer, from: number, count: { numbers: number; texts: number }): Parts {
  const numbers: number[] = [];
  const lengthsAt = from + count.numbers * 8;
  for (let at = from; at < lengthsAt; at += 8) numbers.push(bytes.readDoubleLE(at));
  const textAt = lengthsAt + count.texts * 2;
  let textBytes = 0;
  for (let at = lengthsAt; at < textAt; at += 2) textBytes += lengthAt(bytes, at);
  const text = bytes.toString("latin1", textAt, textAt + textBytes);
  const texts: (string | null)[] = [];
  let start = 0;
  for (let at = lengthsAt; at < textAt; at += 2) {
    const end = start + lengthAt(bytes, at);
    texts.push(bytes.readUInt16LE(at) === absent ? null : text.slice(start, end));
    start = end;
  }
  return { numbers, texts, end: textAt + textBytes };
}

function lengthAt(bytes: Buffer, at: number): number {
  const length = bytes.readUInt16LE(at);
  return length === absent ? 0 : length;
}
