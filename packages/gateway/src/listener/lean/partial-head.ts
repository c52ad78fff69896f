/**
 * A header section that has not come to its end. It grows by doubling, so that a client that sends it byte by byte costs
 * no more than its length, and is looked at meanwhile, so that what can never become a request need not be waited for.
 */
import { requestLine } from "./request-line.ts";

const smallest = 1024;
/** Controls, and line breaks that are not whole. The last byte may be the first half of one; the first one was looked at before. */
// eslint-disable-next-line no-control-regex
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n|$)|(?<!\r|^)\n/;
const carriageReturn = 13;

export class PartialHead {
  #bytes = Buffer.allocUnsafe(smallest);
  #length = 0;
  #lineSeen = false;

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** What is wrong with it already; `from` is where the bytes begin that were not looked at before. */
  problem(from: number): string | null {
    const text = this.#bytes.toString("latin1", Math.max(0, from - 1), this.#length);
    if (forbidden.test(text)) return "the header section has a control character or a bare line break";
    if (this.#lineSeen) return null;
    const lineEnd = this.bytes.indexOf("\r\n");
    if (lineEnd === -1) return null;
    this.#lineSeen = true;
    const line = this.#bytes.toString("latin1", 0, lineEnd);
    if (line === "PRI * HTTP/2.0") return null;
    const read = requestLine(line, lineEnd);
    return typeof read === "string" ? read : null;
  }

  /** Perhaps nothing but the beginning of an empty line before the request. */
  get isHalfEmptyLine(): boolean {
    return this.#length === 1 && this.#bytes[0] === carriageReturn;
  }
}
