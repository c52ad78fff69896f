/** Hot path (benchmark: guard). So many entries, those that were set last. */
import { OldestFirst } from "@parley/contract/oldest-first";

export class LatestEntries<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  readonly #oldest = new OldestFirst(() => this.#entries.keys());

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
    if (this.#entries.size > this.#most) this.#entries.delete(this.#oldest.next() as string);
  }
}
