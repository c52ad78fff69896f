/** Hot path (benchmark: guard). Random bytes drawn from the system by the kilobyte: a name for every write costs a copy and no call to the kernel. */

const poolBytes = 4096;

export class RandomPool {
  readonly #draw: (count: number) => Buffer;
  #pool: Buffer;
  #used = 0;

  constructor(draw: (count: number) => Buffer) {
    this.#draw = draw;
    this.#pool = draw(poolBytes);
  }

  /** A copy, and no byte is given out twice. */
  take(count: number): Buffer {
    if (count > poolBytes) return this.#draw(count);
    if (this.#used + count > poolBytes) {
      this.#pool = this.#draw(poolBytes);
      this.#used = 0;
    }
    this.#used += count;
    return Buffer.from(this.#pool.subarray(this.#used - count, this.#used));
  }
}
