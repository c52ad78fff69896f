// Hot path: every chunk of every stream; scanned natively, nothing is kept.
/**
 * How much of a stream was said, for one that nobody will count: its events' bytes without what is the same in each of them.
 * The smallest event is taken for the frame of all. Where events have names only deltas count: what opens, closes or
 * repeats an answer is long and says nothing new.
 */
import { tokensOf } from "./estimate.ts";

const leastFrameBytes = 40;
const firstOfName = "e".charCodeAt(0);
const lineFeed = 10;

export class SaidSoFar {
  #unnamed = 0;
  #deltas = 0;
  #bytes = 0;
  #smallest = Infinity;

  /** Whole events, as they go to the caller. */
  add(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf("\n\n"); end !== -1; end = bytes.indexOf("\n\n", start)) {
      const size = end + 2 - start;
      const isNamed = bytes[start] === firstOfName;
      const counts = size >= leastFrameBytes && (!isNamed || bytes.subarray(start, bytes.indexOf(lineFeed, start)).includes("delta"));
      start = end + 2;
      if (!counts) continue;
      if (isNamed) this.#deltas += 1;
      else this.#unnamed += 1;
      this.#bytes += size;
      if (size < this.#smallest) this.#smallest = size;
    }
  }

  /** At least one token for each event; of events without names the first opens the stream. */
  get tokens(): number {
    const events = this.#unnamed + this.#deltas;
    const least = this.#deltas + Math.max(0, this.#unnamed - 1);
    return least === 0 ? 0 : Math.max(least, tokensOf(this.#bytes - events * this.#smallest));
  }
}
