/** What waits to be sent to a collector: bounded, in batches, one after the other. What it cannot take now waits for later, as long as there is room. */

/** `unknown`: the collector has no such signal. */
export type Outcome = "taken" | "later" | "refused" | "unknown";

const maxQueued = 4096;
const batchSize = 512;

export class OtlpQueue<Item> {
  readonly #send: (batch: readonly Item[]) => Promise<Outcome>;
  #queue: Item[] = [];
  #sending: Promise<void> | null = null;
  /** Items that no collector took. */
  dropped = 0;

  constructor(send: (batch: readonly Item[]) => Promise<Outcome>) {
    this.#send = send;
  }

  push(items: readonly Item[]): void {
    if (this.#queue.length + items.length > maxQueued) this.dropped += items.length;
    else this.#queue.push(...items);
    if (this.#queue.length >= batchSize) void this.flush();
  }

  /** Resolves when the queue is empty or the collector does not take it. */
  flush(): Promise<void> {
    return (this.#sending ??= this.#sendAll().finally(() => (this.#sending = null)));
  }

  clear(): void {
    this.#queue = [];
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchSize);
      const outcome = await this.#send(batch);
      if (outcome === "taken") continue;
      if (outcome === "later" && this.#queue.length + batch.length <= maxQueued) this.#queue.unshift(...batch);
      else this.dropped += batch.length;
      return;
    }
  }
}
