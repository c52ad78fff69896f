/** Short texts for a time; of too many, the ones left longest ago go first. */
import { OldestFirst } from "@parley/contract/oldest-first";

const maxNotes = 100_000;
const maxTextLength = 1024;

export class BoundedNotes {
  readonly #notes = new Map<string, { text: string; until: number }>();
  readonly #oldest = new OldestFirst(() => this.#notes.keys());

  get size(): number {
    return this.#notes.size;
  }

  set(key: string, text: string, until: number): void {
    if (text.length > maxTextLength) return;
    this.#notes.delete(key);
    const oldest = this.#notes.size >= maxNotes ? this.#oldest.next() : undefined;
    if (oldest !== undefined) this.#notes.delete(oldest);
    this.#notes.set(key, { text, until });
  }

  get(key: string, nowMs: number): string | null {
    const note = this.#notes.get(key);
    if (note && note.until > nowMs) return note.text;
    if (note) this.#notes.delete(key);
    return null;
  }
}
