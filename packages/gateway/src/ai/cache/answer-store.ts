/** Answers by their request, for a time and within a number of bytes; the one that was not asked for longest goes first. */
import { OldestFirst } from "@parley/contract/oldest-first";

export interface KeptAnswer {
  readonly rawHeaders: readonly string[];
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly keptAt: number;
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
}

/** What an entry costs beside its answer. */
const entryBytes = 500;

export class AnswerStore {
  readonly #entries = new Map<string, KeptAnswer>();
  readonly #oldest = new OldestFirst(() => this.#entries.entries());
  readonly #limits: { ttlMs: number; maxBytes: number };
  #bytes = 0;

  constructor(limits: { ttlMs: number; maxBytes: number }) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** An answer larger than this is not kept: it would push out all others. */
  get largestBytes(): number {
    return Math.floor(this.#limits.maxBytes / 4);
  }

  get(key: string, nowMs: number): KeptAnswer | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#remove(key, entry);
    if (nowMs - entry.keptAt >= this.#limits.ttlMs) return undefined;
    this.#add(key, entry);
    return entry;
  }

  put(key: string, answer: KeptAnswer): void {
    const before = this.#entries.get(key);
    if (before) this.#remove(key, before);
    if (answer.bytes > this.largestBytes) return;
    this.#add(key, answer);
    while (this.#bytes > this.#limits.maxBytes) this.#remove(...(this.#oldest.next() as [string, KeptAnswer]));
  }

  #add(key: string, answer: KeptAnswer): void {
    this.#entries.set(key, answer);
    this.#bytes += answer.bytes + entryBytes;
  }

  #remove(key: string, answer: KeptAnswer): void {
    this.#entries.delete(key);
    this.#bytes -= answer.bytes + entryBytes;
  }
}
