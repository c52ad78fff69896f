/** What waits to be sent to a collector: bounded, in batches, one after the other. What it cannot take now waits for later, as long as there is room. */
import type { DropReason } from "./otlp-tally.ts";

/** `unknown`: the collector has no such signal. */
export type Outcome = "taken" | "later" | "refused" | "unknown";

export interface OtlpQueuePorts<Item> {
  send(batch: readonly Item[]): Promise<Outcome>;
  exported(count: number): void;
  dropped(reason: DropReason, count: number): void;
}

const maxQueued = 4096;
const batchSize = 512;
/** Why what had an outcome and does not wait is gone. */
export const reasonOf: Readonly<Record<Exclude<Outcome, "taken">, DropReason>> = { later: "unavailable", refused: "refused", unknown: "unsupported" };

export class OtlpQueue<Item> {
  readonly #ports: OtlpQueuePorts<Item>;
  #queue: Item[] = [];
  #sending: Promise<void> | null = null;

  constructor(ports: OtlpQueuePorts<Item>) {
    this.#ports = ports;
  }

  push(items: readonly Item[]): void {
    if (this.#queue.length + items.length > maxQueued) this.#ports.dropped("full", items.length);
    else this.#queue.push(...items);
    if (this.#queue.length >= batchSize) void this.flush();
  }

  /** Resolves when the queue is empty or the collector does not take it. */
  flush(): Promise<void> {
    return (this.#sending ??= this.#sendAll().finally(() => (this.#sending = null)));
  }

  clear(reason: DropReason): void {
    this.#ports.dropped(reason, this.#queue.length);
    this.#queue = [];
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchSize);
      const outcome = await this.#ports.send(batch);
      if (outcome === "taken") {
        this.#ports.exported(batch.length);
        continue;
      }
      if (outcome === "later" && this.#queue.length + batch.length <= maxQueued) this.#queue.unshift(...batch);
      else this.#ports.dropped(reasonOf[outcome], batch.length);
      return;
    }
  }
}
