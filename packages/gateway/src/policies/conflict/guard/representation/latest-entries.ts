/**
 * Hot path (benchmark: guard). So many entries, those that were set last. A map forgets its first entry slowly once many before it
 * were deleted, since a new look for the first goes past all of their places; so the place of the last one forgotten is kept.
 */
export class LatestEntries<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  #oldest: MapIterator<string> = this.#entries.keys();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** The entry becomes the latest, whether it is new or not. */
  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#forgetOldest();
  }

  /** All before the iterator are gone, and what is set again stands at the end. */
  #forgetOldest(): void {
    let next = this.#oldest.next();
    if (next.done === true) {
      this.#oldest = this.#entries.keys();
      next = this.#oldest.next();
    }
    if (next.done !== true) this.#entries.delete(next.value);
  }
}
