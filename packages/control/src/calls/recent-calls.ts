/**
 * The calls that were shown live last, by id and in the order of their coming: a page of one may be opened before its segment
 * has been taken into the call log, and a watcher whose connection broke goes on after the last one seen. Bounded; what
 * falls out has long been taken in.
 */
import type { CallRecord } from "@parley/contract/call-record";

const mostKept = 5_000;

export class RecentCalls {
  readonly #byId = new Map<string, CallRecord>();

  add(records: readonly CallRecord[]): void {
    for (const record of records) this.#byId.set(record.id, record);
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= mostKept) return;
      this.#byId.delete(id);
    }
  }

  get(id: string): CallRecord | null {
    return this.#byId.get(id) ?? null;
  }

  /** Those that came after the call of this id; null where it is not known any more. */
  after(id: string): CallRecord[] | null {
    if (!this.#byId.has(id)) return null;
    const all = [...this.#byId.values()];
    return all.slice(all.findIndex((record) => record.id === id) + 1);
  }
}
