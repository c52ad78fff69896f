/**
 * Hot path (benchmarks: http, keys). Keys in force by the hash of their secret. Changed in place: a call looks its key up
 * once, in its first turn, so it cannot see half a change; and 100,000 keys are not copied because one is revoked.
 */
import { isDeepStrictEqual } from "node:util";
import type { SnapshotKey } from "@parley/contract/snapshot";
import type { KnownKey } from "../pipeline/route-plan.ts";

export class KeyIndex {
  #keys = new Map<string, KnownKey>();
  readonly #nameOf: (consumer: string) => string;

  /** `nameOf` gives the very text that the consumer is known by: finding it is then no comparison of letters far apart in memory. */
  constructor(nameOf: (consumer: string) => string) {
    this.#nameOf = nameOf;
  }

  find(hash: string): KnownKey | undefined {
    return this.#keys.get(hash);
  }

  /** Whether exactly this is in force already. */
  has(hash: string, key: SnapshotKey): boolean {
    const known = this.#keys.get(hash);
    return known !== undefined && known.consumer === key.consumer && known.key === key.name && known.expiresAt === (key.expiresAt ?? Infinity) && isDeepStrictEqual(known.limits, key.limits) && isDeepStrictEqual(known.scopes, key.scopes);
  }

  set(hash: string, key: SnapshotKey): void {
    this.#keys.set(hash, { consumer: this.#nameOf(key.consumer), key: key.name, expiresAt: key.expiresAt ?? Infinity, usedFrom: null, ...(key.limits === undefined ? {} : { limits: key.limits }), ...(key.scopes === undefined ? {} : { scopes: key.scopes }) });
  }

  delete(hash: string): void {
    this.#keys.delete(hash);
  }

  names(): IterableIterator<string> {
    return this.#keys.keys();
  }
}
