/** When a representation was last changed, and how far the date can be trusted as a validator (RFC 9110 §8.8.2). */

export interface ModificationDate {
  /** Unix milliseconds, whole seconds. */
  ms: number;
  /** A weak date says "not changed in an earlier second"; two changes within one second look the same. */
  strong: boolean;
}

/** §8.8.2.2: a date is strong once it lies a whole second before the moment at which the answer was made (its Date). */
export function isStrongDate(lastModifiedMs: number, dateMs: number | null): boolean {
  return dateMs !== null && dateMs - lastModifiedMs >= 1000;
}
