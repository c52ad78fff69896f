/** Which resource a unique value of a collection's belongs to, as creates through the gateway have shown; for those whose own search lags behind. */

export interface UniqueValueOperations {
  /** `value` is a digest; the last word counts. */
  keepUnique: { input: UniqueValue & { location: string; retainMs: number }; output: { kept: true } };
  /** The path of the resource; null for a value that is not known. */
  findUnique: { input: UniqueValue; output: { location: string | null } };
}

export interface UniqueValue {
  service: string;
  /** Of the collection. */
  path: string;
  value: string;
}
