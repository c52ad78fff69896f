// Hot path: every chunk of every stream; scanned natively, nothing is kept.
/**
 * How much of a stream was said, for one that nobody will count: its events' bytes without what is the same in each of them.
 * The smallest event is taken for the frame of all.
 */
import { tokensOf } from "./estimate.ts";

const leastFrameBytes = 40;

export class SaidSoFar {
  #events = 0;
  #bytes = 0;
  #smallest = Infinity;

  /** Whole events, as they go to the caller. */
  add(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf("\n\n"); end !== -1; end = bytes.indexOf("\n\n", start)) {
      const size = end + 2 - start;
      start = end + 2;
      if (size < leastFrameBytes) continue;
      this.#events += 1;
      this.#bytes += size;
      if (size < this.#smallest) this.#smallest = size;
    }
  }

  /** At least one token for each event but the first, which opens the stream. */
  get tokens(): number {
    if (this.#events < 2) return 0;
    return Math.max(this.#events - 1, tokensOf(this.#bytes - this.#events * this.#smallest));
  }
}
