// Hot path: every byte of a translated stream passes here once.
/**
 * Cuts a byte stream into lines, wherever the chunks are cut. A line ends with LF, CR or CRLF (HTML standard, event
 * streams); none of these bytes occurs inside a UTF-8 sequence, so a line is decoded whole and no character is torn.
 */
import { BrokenFramingError } from "./frame-reader.ts";

const lineFeed = 10;
const carriageReturn = 13;

export class LineTooLongError extends BrokenFramingError {
  override readonly name = "LineTooLongError";
}

export class LineSplitter {
  readonly #maxLineBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #afterCarriageReturn = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Gives every line that is complete now to `take`. Throws `LineTooLongError` rather than to hold more than the bound. */
  push(chunk: Buffer, take: (line: string) => void): void {
    let start = 0;
    if (this.#afterCarriageReturn && chunk.length > 0) {
      this.#afterCarriageReturn = false;
      if (chunk[0] === lineFeed) start = 1;
    }
    const hasCarriageReturn = chunk.includes(carriageReturn, start);
    for (;;) {
      const end = hasCarriageReturn ? endOfLine(chunk, start) : chunk.indexOf(lineFeed, start);
      if (end === -1) break;
      take(this.#complete(chunk, start, end));
      start = end + 1;
      if (chunk[end] !== carriageReturn) continue;
      if (start === chunk.length) this.#afterCarriageReturn = true;
      else if (chunk[start] === lineFeed) start += 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** What came after the last line end; empty if nothing. */
  rest(): string {
    const rest = Buffer.concat(this.#pending).toString("utf8");
    this.#pending = [];
    this.#pendingBytes = 0;
    return rest;
  }

  #complete(chunk: Buffer, start: number, end: number): string {
    if (this.#pendingBytes === 0) return chunk.toString("utf8", start, end);
    this.#hold(chunk.subarray(start, end));
    return this.rest();
  }

  #hold(bytes: Buffer): void {
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > this.#maxLineBytes) throw new LineTooLongError(`a line of the stream is longer than ${this.#maxLineBytes} bytes`);
    this.#pending.push(bytes);
  }
}

function endOfLine(chunk: Buffer, start: number): number {
  const feed = chunk.indexOf(lineFeed, start);
  const carriage = chunk.indexOf(carriageReturn, start);
  if (feed === -1 || carriage === -1) return Math.max(feed, carriage);
  return Math.min(feed, carriage);
}
