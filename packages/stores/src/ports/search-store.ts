/** Searches that people keep under a name. They are each person's own: no configuration, and not in its audit. */

export interface StoredSearch {
  name: string;
  /** The address: filter, range, columns. */
  search: Record<string, string>;
  /** New with every write. Without quotes. */
  tag: string;
  updatedAt: number;
}

export interface SearchStore {
  /** By name. */
  list(person: string): Promise<StoredSearch[]>;
  /** Only if `base` is its tag still, null for one that is not there yet. Null where it is not. */
  put(write: { person: string; name: string; search: Record<string, string>; base: string | null; at: number }): Promise<StoredSearch | null>;
  /** False where `base` is not its tag any more. */
  remove(removal: { person: string; name: string; base: string }): Promise<boolean>;
}
