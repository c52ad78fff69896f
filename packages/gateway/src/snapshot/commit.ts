/** Puts one compiled change in force; must not fail. Null where nothing changes. */
export type Commit = (() => void) | null;
