// Hot path: once for each call of a gateway with a semantic cache.
/**
 * Answers by the meaning of what was asked last: among those to requests that were the same otherwise, the nearest one.
 * Bounded in number, bytes and time; the one that was not asked for longest goes first.
 */
import { OldestFirst } from "@parley/contract/oldest-first";
import type { KeptAnswer } from "./answer-store.ts";

interface Entry {
  /** The request as it was asked, word for word. */
  readonly key: string;
  readonly group: string;
  readonly vector: Float32Array;
  readonly answer: KeptAnswer;
}

export interface NearAnswer {
  readonly answer: KeptAnswer;
  /** The cosine of the angle between the two questions: 1 is the same. */
  readonly similarity: number;
}

export interface SemanticLimits {
  ttlMs: number;
  maxEntries: number;
  maxBytes: number;
  threshold: number;
}

/** What an entry costs beside its answer and its vector. */
const entryBytes = 500;
/** After so many comparisons other calls have their turn. */
const comparisonsAtOnce = 1000;

export class SemanticStore {
  readonly #limits: SemanticLimits;
  readonly #groups = new Map<string, Set<Entry>>();
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #oldest = new OldestFirst(() => this.#entries.values());
  #bytes = 0;

  constructor(limits: SemanticLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The nearest within the threshold, `vector` having the length 1. */
  async find(group: string, vector: Float32Array, nowMs: number): Promise<NearAnswer | null> {
    let nearest: Entry | null = null;
    let similarity = this.#limits.threshold;
    let compared = 0;
    for (const entry of this.#groups.get(group) ?? []) {
      if (nowMs - entry.answer.keptAt >= this.#limits.ttlMs) {
        this.#remove(entry);
        continue;
      }
      const found = cosine(vector, entry.vector);
      if (found >= similarity) [nearest, similarity] = [entry, found];
      if (++compared % comparisonsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (!nearest) return null;
    // It may have gone while others had their turn, and is a good answer all the same.
    if (this.#entries.delete(nearest.key)) this.#entries.set(nearest.key, nearest);
    return { answer: nearest.answer, similarity };
  }

  put(key: string, kept: { group: string; vector: Float32Array; answer: KeptAnswer }): void {
    const before = this.#entries.get(key);
    if (before) this.#remove(before);
    const entry: Entry = { key, ...kept };
    if (sizeOf(entry) > this.#limits.maxBytes / 4) return;
    this.#entries.set(key, entry);
    const group = this.#groups.get(kept.group);
    if (group) group.add(entry);
    else this.#groups.set(kept.group, new Set([entry]));
    this.#bytes += sizeOf(entry);
    while (this.#entries.size > this.#limits.maxEntries || this.#bytes > this.#limits.maxBytes) {
      const oldest = this.#oldest.next();
      if (!oldest) return;
      this.#remove(oldest);
    }
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry.key)) return;
    this.#bytes -= sizeOf(entry);
    const group = this.#groups.get(entry.group);
    group?.delete(entry);
    if (group?.size === 0) this.#groups.delete(entry.group);
  }
}

function sizeOf({ vector, answer }: Entry): number {
  return answer.bytes + vector.byteLength + entryBytes;
}

/** Of vectors whose length is 1; those of different models have nothing to do with one another. */
function cosine(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length) return -1;
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return Math.min(1, sum);
}
