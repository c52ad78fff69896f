/**
 * Histories of what clients asked and were told, to be judged afterwards. Hides nothing: two checkers read them,
 * `lost-updates.ts` and `linearizability.ts`. Imports nothing of the program's.
 */

/** A write that names what it was made from, as a guarded write does by If-Match. */
export interface NamedWrite {
  key: string;
  /** The version that it makes; no two writes make the same. */
  id: string;
  /** The version that its writer had read; null for the first. */
  predecessor: string | null;
  /** `refused`: it is certain that it had no effect. `unknown`: no answer came. */
  outcome: "acknowledged" | "refused" | "unknown";
}

/** One operation on one key. Times are of one clock; an operation takes effect at a moment between the two. */
export interface Operation {
  key: string;
  client: string;
  invokedAt: number;
  /** Null where no answer came: it may take effect at any later moment, or never. */
  returnedAt: number | null;
  action: Action;
}

export type Action =
  | { kind: "read"; value: string | null }
  | { kind: "write"; value: string }
  /** `done` null: no answer came. */
  | { kind: "compare-and-set"; expected: string | null; value: string; done: boolean | null };
