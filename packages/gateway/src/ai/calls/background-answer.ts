/**
 * The answer to a request with `"background": true`, which its provider may go on with when the call is over. What it takes
 * is then counted by whoever first sees it finished; of all who see it, the call that made it included, one is to count it.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { HeldReservation } from "../budgets/budget-book.ts";

/** Answers that are not counted yet. */
export interface ExpectedBills {
  /** Resolves when it is known to all workers, or only to this one because the ledger is down. */
  expect(id: string, held: HeldReservation | null): Promise<void>;
  /** True for one of all who ask. */
  take(id: string): Promise<boolean>;
}

export class BackgroundAnswer {
  readonly #record: Partial<CallRecord>;
  readonly #bills: ExpectedBills;
  #id: string | null = null;
  #expected: Promise<void> | undefined;
  /** What the call's budgets have reserved for it; null where it has none. */
  held: HeldReservation | null = null;

  constructor(record: Partial<CallRecord>, bills: ExpectedBills) {
    this.#record = record;
    this.#bills = bills;
  }

  /** The provider may go on with it from now on without anybody listening. */
  begun(id: string): Promise<void> {
    this.#id = id;
    return (this.#expected = this.#bills.expect(id, this.held));
  }

  /** The provider has told the call how it ended: whether that is for the call to count. */
  async ended(): Promise<boolean> {
    const id = this.#id;
    if (id === null) return true;
    this.#id = null;
    await this.#expected;
    const isMine = await this.#bills.take(id).catch(() => true);
    // Whoever has counted it has settled it as well.
    if (!isMine) this.#id = id;
    return isMine;
  }

  /** Nothing of it has been counted, and something will be. */
  get isPending(): boolean {
    const { inputTokens, outputTokens } = this.#record;
    return this.#id !== null && inputTokens === undefined && outputTokens === undefined;
  }
}
