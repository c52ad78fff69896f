/**
 * Observations of several workers in the order in which they happened. One is handed on only when every worker has said that it
 * is past that moment: a look that somebody had elsewhere is then known before a write of his is judged, so that nobody is
 * accused for the way in which messages travelled. Bounded: what does not fit makes it forget, and accuse nobody.
 */
export interface Ordered {
  /** On the clock that all workers of the machine share. */
  stampMs: number;
}

export interface MergedOrderParts<Item extends Ordered> {
  /** Asks every other worker how far it is. */
  poll(round: number): void;
  apply(item: Item): void;
  /** Something was missed: what is known so far is worth nothing. */
  forget(): void;
  sizeOf(item: Item): number;
  maxBytes: number;
}

export class MergedOrder<Item extends Ordered> {
  readonly #parts: MergedOrderParts<Item>;
  #peers = new Set<number>();
  /** All workers are heard; until then everything is dropped. */
  #complete = false;
  #pending: Item[] = [];
  #bytes = 0;
  #round = 0;
  #replies: Map<number, number> | null = null;

  constructor(parts: MergedOrderParts<Item>) {
    this.#parts = parts;
  }

  get isPending(): boolean {
    return this.#pending.length > 0;
  }

  /** `complete`: these are all that there are. Whatever was missed before or during the change is forgotten. */
  peersChanged(peers: ReadonlySet<number>, complete: boolean): void {
    this.#peers = new Set(peers);
    this.#complete = complete;
    this.#startAnew();
  }

  add(item: Item): void {
    if (!this.#complete) return;
    this.#pending.push(item);
    this.#bytes += this.#parts.sizeOf(item);
    if (this.#bytes > this.#parts.maxBytes) this.#startAnew();
  }

  /** To be called now and then while something is pending. */
  ask(): void {
    if (this.#replies !== null || this.#pending.length === 0) return;
    this.#round += 1;
    this.#replies = new Map();
    this.#parts.poll(this.#round);
  }

  reached(peer: number, { round, stampMs }: { round: number; stampMs: number }): void {
    if (this.#replies === null || round !== this.#round || !this.#peers.has(peer)) return;
    this.#replies.set(peer, stampMs);
    if (this.#replies.size < this.#peers.size) return;
    const until = Math.min(...this.#replies.values());
    this.#replies = null;
    this.#applyUntil(until);
  }

  #applyUntil(stampMs: number): void {
    const ready = this.#pending.filter((item) => item.stampMs <= stampMs).toSorted((one, other) => one.stampMs - other.stampMs);
    this.#pending = this.#pending.filter((item) => item.stampMs > stampMs);
    for (const item of ready) {
      this.#bytes -= this.#parts.sizeOf(item);
      this.#parts.apply(item);
    }
  }

  #startAnew(): void {
    this.#pending = [];
    this.#bytes = 0;
    this.#replies = null;
    this.#parts.forget();
  }
}
