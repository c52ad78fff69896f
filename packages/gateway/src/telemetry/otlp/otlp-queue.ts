/** What waits to be sent to a collector: bounded, in batches, one after the other. What it cannot take now waits for later, as long as there is room. */
import type { Outcome } from "./collector.ts";
import type { DropReason } from "./otlp-tally.ts";
import { RetryPause } from "./retry-pause.ts";

export interface OtlpQueuePorts<Item> {
  send(batch: readonly Item[]): Promise<Outcome>;
  exported(count: number): void;
  dropped(reason: DropReason, count: number): void;
  monotonicMs(): number;
}

const maxQueued = 4096;
const batchSize = 512;
/** Why what had an outcome and does not wait is gone. */
export const reasonOf: Readonly<Record<Exclude<Outcome["kind"], "taken">, DropReason>> = { later: "unavailable", refused: "refused", unknown: "unsupported" };

export class OtlpQueue<Item> {
  readonly #ports: OtlpQueuePorts<Item>;
  readonly #pause: RetryPause;
  #queue: Item[] = [];
  #sending: Promise<void> | null = null;

  constructor(ports: OtlpQueuePorts<Item>) {
    this.#ports = ports;
    this.#pause = new RetryPause(() => ports.monotonicMs());
  }

  push(items: readonly Item[]): void {
    if (this.#queue.length + items.length > maxQueued) this.#ports.dropped("full", items.length);
    else this.#queue.push(...items);
    if (this.#queue.length >= batchSize) void this.flush();
  }

  /** Resolves when the queue is empty, or the collector does not take it or wants to be left alone. */
  async flush(): Promise<void> {
    if (this.#sending === null && this.#pause.isOver) this.#sending = this.#sendAll().finally(() => (this.#sending = null));
    await this.#sending;
  }

  /** The collector is another one from now on, or this is its last chance. */
  endPause(): void {
    this.#pause.end();
  }

  clear(reason: DropReason): void {
    this.#ports.dropped(reason, this.#queue.length);
    this.#queue = [];
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchSize);
      const outcome = await this.#ports.send(batch);
      if (outcome.kind === "taken") {
        const rejected = Math.min(outcome.rejected, batch.length);
        this.#ports.exported(batch.length - rejected);
        this.#ports.dropped("refused", rejected);
        this.#pause.end();
        continue;
      }
      if (outcome.kind === "later") this.#pause.begin(outcome.afterMs);
      if (outcome.kind === "later" && this.#queue.length + batch.length <= maxQueued) this.#queue.unshift(...batch);
      else this.#ports.dropped(reasonOf[outcome.kind], batch.length);
      return;
    }
  }
}
