/** Hot path (benchmark: guard). What reads saw last, so that one that sees the same again needs no word with the ledger. */

export interface SeenState {
  /** Of the tag, as in `GivenTags`. */
  key: string;
  revision: number;
}

const maxStates = 20_000;

export class SeenStates {
  readonly #states = new Map<string, SeenState>();

  find(path: string, view: string): SeenState | undefined {
    return this.#states.get(view === "" ? path : `${path}\n${view}`);
  }

  set(path: string, view: string, state: SeenState): void {
    const name = view === "" ? path : `${path}\n${view}`;
    this.#states.delete(name);
    this.#states.set(name, state);
    if (this.#states.size <= maxStates) return;
    for (const oldest of this.#states.keys()) {
      this.#states.delete(oldest);
      return;
    }
  }
}
