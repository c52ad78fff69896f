/** Lines on their way into a segment of a spool: what a body thread writes, and records of calls where they are few. */
import { LineBuffer } from "./line-buffer.ts";

/** So much is written at once, whatever the time. */
const writeAtBytes = 1024 * 1024;
const maxBytes = 16 * 1024 * 1024;

export class LineBatch {
  readonly ending = "ndjson";
  readonly #lines = new LineBuffer(maxBytes);

  get rows(): number {
    return this.#lines.lines;
  }

  get isFull(): boolean {
    return this.#lines.bytes >= writeAtBytes;
  }

  /** Without the line break; false where it does not fit. */
  add(line: string): boolean {
    return this.#lines.append(line);
  }

  take(): Uint8Array {
    const parts = this.#lines.take();
    const segment = Buffer.concat(parts);
    this.#lines.release(parts);
    return segment;
  }
}
