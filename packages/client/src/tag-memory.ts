/** The last seen ETag of each resource, and the document it belongs to as a base for merging; the least recently seen goes first. */

export interface Remembered {
  etag: string;
  /** The document as it came; null where it is too large to keep or was not seen. */
  text: string | null;
}

export class TagMemory {
  readonly #entries = new Map<string, Remembered>();
  readonly #limits: { resources: number; bytes: number };
  #bytes = 0;

  constructor(limits: { resources: number; bytes: number }) {
    this.#limits = limits;
  }

  get(url: string): Remembered | undefined {
    const entry = this.#entries.get(url);
    if (entry) {
      this.#entries.delete(url);
      this.#entries.set(url, entry);
    }
    return entry;
  }

  /** Without a text the one that is known of the same tag stays. */
  set(url: string, etag: string, text: string | null): void {
    const before = this.#entries.get(url);
    const latest = text ?? (before?.etag === etag ? before.text : null);
    this.forget(url);
    const kept = latest !== null && latest.length * 2 <= this.#limits.bytes / 8 ? latest : null;
    this.#entries.set(url, { etag, text: kept });
    this.#bytes += sizeOf(kept);
    for (const [oldest] of this.#entries) {
      if (this.#entries.size <= this.#limits.resources && this.#bytes <= this.#limits.bytes) return;
      this.forget(oldest);
    }
  }

  forget(url: string): void {
    this.#bytes -= sizeOf(this.#entries.get(url)?.text ?? null);
    this.#entries.delete(url);
  }
}

/** Strings take two bytes a character at most. */
function sizeOf(text: string | null): number {
  return text === null ? 0 : text.length * 2;
}
