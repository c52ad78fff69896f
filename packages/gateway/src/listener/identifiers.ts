/**
 * Hot path (benchmarks: http). Ids of calls from pooled randomness, and of their spans. A call's id begins with its time, so that
 * the log keeps them in order: 12 hexadecimal digits of Unix milliseconds and 20 of randomness, which also makes it a
 * valid W3C trace id with a random right half.
 */
const poolBytes = 4096;
const callBytes = 10;

export class Identifiers {
  #fill: (buffer: Buffer) => void;
  #pool = Buffer.allocUnsafeSlow(poolBytes);
  #used = poolBytes;
  /** The same for all calls of a millisecond. */
  #prefixMs = -1;
  #prefix = "";

  /** `fill` fills a buffer with randomness that cannot be guessed. */
  constructor(fill: (buffer: Buffer) => void) {
    this.#fill = fill;
  }

  callId(unixMs: number): string {
    const wholeMs = Math.floor(unixMs);
    if (wholeMs !== this.#prefixMs) {
      this.#prefixMs = wholeMs;
      this.#prefix = wholeMs.toString(16).padStart(12, "0");
    }
    return this.#prefix + this.#hex(callBytes);
  }

  #hex(bytes: number): string {
    if (this.#used + bytes > poolBytes) {
      this.#fill(this.#pool);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes;
    return this.#pool.toString("hex", start, this.#used);
  }
}

/**
 * The call's span: what is random of its id, so that nothing more is made, sent or kept for it. Never all zero, which
 * would be no span (the odds are those of a broken generator).
 */
export function spanOf(callId: string): string {
  const id = callId.slice(16);
  return id === "0000000000000000" ? "0000000000000001" : id;
}
