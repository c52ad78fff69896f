/**
 * Where the objects are that providers keep, and for whom they were made. The ledger has it for all workers and past
 * restarts; the latest 50,000, about 10 MB, are in memory too, so that a conversation that goes on asks nobody.
 */
import type { Ledger } from "@parley/stores/ports/ledger";
import type { ObjectKind, ObjectOwner } from "@parley/stores/ports/object-owners";

const maxKept = 50_000;

export type OwnerLedger = Pick<Ledger, "keepOwner" | "findOwners" | "forgetOwner">;

export class ObjectOwners {
  readonly #ledger: OwnerLedger | null;
  readonly #latest = new Map<string, ObjectOwner>();

  /** Without a ledger it is forgotten with the process. */
  constructor(ledger: OwnerLedger | null) {
    this.#ledger = ledger;
  }

  /** Known here at once; resolves when it is durable. Rejects where the ledger cannot be reached. */
  async remember(kind: ObjectKind, id: string, owner: ObjectOwner): Promise<void> {
    this.#keep(`${kind} ${id}`, owner);
    await this.#ledger?.keepOwner({ kind, id, ...owner });
  }

  /** Null for what is not known. Rejects where that cannot be found out. */
  ownerOf(kind: ObjectKind, id: string): ObjectOwner | Promise<ObjectOwner | null> {
    return this.#latest.get(`${kind} ${id}`) ?? this.ownersOf(kind, [id]).then(([owner]) => owner ?? null);
  }

  /** One for each id, in order. */
  async ownersOf(kind: ObjectKind, ids: readonly string[]): Promise<(ObjectOwner | null)[]> {
    const known = ids.map((id) => this.#latest.get(`${kind} ${id}`) ?? null);
    const missing = ids.filter((_, index) => known[index] === null);
    if (missing.length === 0 || !this.#ledger) return known;
    const found = await this.#ledger.findOwners({ kind, ids: missing });
    for (const [index, owner] of found.entries()) if (owner) this.#keep(`${kind} ${missing[index]}`, owner);
    return ids.map((id) => this.#latest.get(`${kind} ${id}`) ?? found[missing.indexOf(id)] ?? null);
  }

  /** True for exactly one of those who ask at the same time, where it was known. */
  async forget(kind: ObjectKind, id: string): Promise<boolean> {
    const wasHere = this.#latest.delete(`${kind} ${id}`);
    return this.#ledger ? (await this.#ledger.forgetOwner({ kind, id })).forgotten : wasHere;
  }

  #keep(key: string, owner: ObjectOwner): void {
    if (this.#latest.size >= maxKept && !this.#latest.has(key)) {
      const [oldest] = this.#latest.keys();
      if (oldest !== undefined) this.#latest.delete(oldest);
    }
    this.#latest.set(key, owner);
  }
}
