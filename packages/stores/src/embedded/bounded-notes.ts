/** Short texts for a time; of too many, the ones left longest ago go first. */
const maxNotes = 100_000;
const maxTextLength = 1024;

export class BoundedNotes {
  readonly #notes = new Map<string, { text: string; until: number }>();

  get size(): number {
    return this.#notes.size;
  }

  set(key: string, text: string, until: number): void {
    if (text.length > maxTextLength) return;
    this.#notes.delete(key);
    if (this.#notes.size >= maxNotes) for (const oldest of this.#notes.keys()) {
      this.#notes.delete(oldest);
      break;
    }
    this.#notes.set(key, { text, until });
  }

  get(key: string, nowMs: number): string | null {
    const note = this.#notes.get(key);
    if (note && note.until > nowMs) return note.text;
    if (note) this.#notes.delete(key);
    return null;
  }
}
