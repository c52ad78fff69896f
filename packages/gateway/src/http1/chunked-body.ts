/**
 * Hot path (benchmarks: streaming). The chunked coding (RFC 9112 §7.1), undone across any cut of the bytes. All data of
 * one read comes out as one piece, so that a burst of small chunks is written on at once.
 */
import { fieldLines } from "./field-lines.ts";

const carriageReturn = 13;
const lineFeed = 10;
const semicolon = 59;
const maxSizeDigits = 13;
const maxExtensionBytes = 4_096;
const maxTrailerBytes = 16_384;

type State = "size" | "extension" | "size-end" | "data" | "data-return" | "data-feed" | "trailers" | "done";

export class ChunkedBody {
  /** What is wrong; nothing more is read then. */
  problem: string | null = null;
  trailers: string[] = [];
  #state: State = "size";
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerText = "";
  #out: Buffer | null = null;
  #outLength = 0;
  readonly #strict: boolean;

  /** `strict`: no blanks behind a size, as which old servers pad theirs, and which nobody should need of a client. */
  constructor({ strict = false }: { strict?: boolean } = {}) {
    this.#strict = strict;
  }

  get isDone(): boolean {
    return this.#state === "done";
  }

  /** Reads from `offset` on and says how far it came: to the end, or to the end of the body. */
  read(bytes: Buffer, offset: number): number {
    this.#out = null;
    this.#outLength = 0;
    while (offset < bytes.length && this.#state !== "done" && this.problem === null) {
      if (this.#state === "data") offset = this.#data(bytes, offset);
      else if (this.#state === "trailers") offset = this.#trailerSection(bytes, offset);
      else this.#line(bytes[offset++] as number);
    }
    return offset;
  }

  /** The data of the last `read`, or null. The bytes are the receiver's. */
  taken(): Buffer | null {
    return this.#out && this.#out.subarray(0, this.#outLength);
  }

  #data(bytes: Buffer, offset: number): number {
    const end = Math.min(bytes.length, offset + this.#size);
    this.#out ??= Buffer.allocUnsafe(bytes.length - offset);
    this.#outLength += bytes.copy(this.#out, this.#outLength, offset, end);
    this.#size -= end - offset;
    if (this.#size === 0) this.#state = "data-return";
    return end;
  }

  #line(byte: number): void {
    switch (this.#state) {
      case "size":
        return this.#sizeByte(byte);
      case "extension":
        if (byte === carriageReturn) this.#state = "size-end";
        else if (byte < 32 && byte !== 9) this.problem = "a chunk's extension has a control character";
        else if (++this.#extensionBytes > maxExtensionBytes) this.problem = "the chunks' extensions are too long";
        return;
      case "size-end":
        if (byte !== lineFeed) this.problem = "a chunk's size does not end with a line break";
        else this.#state = this.#size === 0 ? "trailers" : "data";
        this.#digits = 0;
        return;
      case "data-return":
        if (byte !== carriageReturn) this.problem = "a chunk is longer than its size";
        this.#state = "data-feed";
        return;
      case "data-feed":
        if (byte !== lineFeed) this.problem = "a chunk is longer than its size";
        this.#state = "size";
        this.#size = 0;
        return;
      case "data":
      case "trailers":
      case "done":
    }
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > maxSizeDigits) this.problem = "a chunk's size is too large";
      this.#size = this.#size * 16 + digit;
    } else if (this.#digits === 0) this.problem = "a chunk has no size";
    else if (byte === carriageReturn) this.#state = "size-end";
    else if (byte === semicolon || (!this.#strict && (byte === 32 || byte === 9))) this.#state = "extension";
    else this.problem = "a chunk's size is not hexadecimal";
  }

  /** Ends at an empty line, which comes at once where there are no trailers. */
  #trailerSection(bytes: Buffer, offset: number): number {
    const before = this.#trailerText.length;
    this.#trailerText += bytes.toString("latin1", offset);
    const end = this.#trailerText.startsWith("\r\n") ? 0 : this.#trailerText.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if ((end === -1 ? this.#trailerText.length : end) > maxTrailerBytes) this.problem = "the trailers are too long";
    if (end === -1 || this.problem !== null) return bytes.length;
    const length = end === 0 ? 2 : end + 4;
    const fields = fieldLines(this.#trailerText.slice(0, end), 0);
    if (typeof fields === "string") this.problem = fields;
    else this.trailers = fields;
    this.#state = "done";
    return offset + length - before;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
