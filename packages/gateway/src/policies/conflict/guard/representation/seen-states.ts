/** Hot path (benchmark: guard). What reads saw last, so that one that sees the same again needs no word with the ledger. */
import { LatestEntries } from "./latest-entries.ts";

export interface SeenState {
  /** Of the tag, as in `GivenTags`. */
  key: string;
  revision: number;
  /** Of the resource, when the ledger was told. */
  fence: number;
}

const maxStates = 20_000;

export class SeenStates {
  readonly #states = new LatestEntries<SeenState>(maxStates);

  find(path: string, view: string): SeenState | undefined {
    return this.#states.get(view === "" ? path : `${path}\n${view}`);
  }

  set(path: string, view: string, state: SeenState): void {
    this.#states.set(view === "" ? path : `${path}\n${view}`, state);
  }
}
