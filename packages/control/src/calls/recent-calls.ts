/**
 * The calls that were shown live last, by id: a page of one may be opened before its segment has been taken into the
 * call log. Bounded; what falls out has long been taken in.
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
}
