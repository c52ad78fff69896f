/**
 * Budgets of a connection with many answers: something is reserved as long as it is open, each answer is settled on what it
 * took and reserved for anew, and the connection ends with the first answer after which nothing is left. What is taken
 * while nothing is reserved (a transcription that ends with an answer, or an answer that was under way) counts as well.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { BudgetBook, Reservation, Spent } from "../budgets/budget-book.ts";
import type { CallBound } from "../budgets/call-bound.ts";
import type { CompiledBudget } from "../budgets/compiled-budgets.ts";

export interface SessionBudgetParts {
  callId: string;
  book: BudgetBook;
  budgets: readonly CompiledBudget[];
  bound: CallBound;
}

const nothing: Spent = { tokens: 0, nanoUsd: 0 };

export class SessionBudget {
  readonly #parts: SessionBudgetParts;
  #reservations = 0;
  #reserved: Reservation | null = null;
  #isReserving = false;
  /** Taken, and not settled yet: there is nothing to settle it on. */
  #owed = nothing;
  #isOver = false;

  constructor(parts: SessionBudgetParts) {
    this.#parts = parts;
  }

  /** Why there is nothing left to answer with. */
  async reserve(): Promise<Refusal | null> {
    this.#isReserving = true;
    try {
      for (;;) {
        const answered = await this.#ask(this.#parts.bound);
        if ("code" in answered) return answered;
        if (!this.#isOver && this.#owed === nothing) {
          this.#reserved = answered;
          answered.watch(() => nothing);
          return null;
        }
        answered.settle(this.#takeOwed());
        if (this.#isOver) return null;
      }
    } finally {
      this.#isReserving = false;
      await this.#settleOwed();
    }
  }

  /** An answer is over. Whoever is reserving already hears whether anything is left. */
  async answered(spent: Spent): Promise<Refusal | null> {
    if (this.#settle(spent) && !this.#isOver) return this.reserve();
    if (!this.#isReserving) await this.#settleOwed();
    return null;
  }

  /** The connection is over; `spent` by an answer that was not. */
  async end(spent: Spent = nothing): Promise<void> {
    this.#isOver = true;
    if (!this.#settle(spent) && !this.#isReserving) await this.#settleOwed();
  }

  /** False where nothing is reserved: then it is owed. */
  #settle(spent: Spent): boolean {
    const reserved = this.#reserved;
    this.#reserved = null;
    reserved?.settle(spent);
    if (!reserved && (spent.tokens > 0 || spent.nanoUsd > 0)) this.#owed = { tokens: this.#owed.tokens + spent.tokens, nanoUsd: this.#owed.nanoUsd + spent.nanoUsd };
    return reserved !== null;
  }

  #takeOwed(): Spent {
    const owed = this.#owed;
    this.#owed = nothing;
    return owed;
  }

  /** By a reservation of nothing, which is always granted: it is spent already. */
  async #settleOwed(): Promise<void> {
    if (this.#owed === nothing) return;
    const owed = this.#takeOwed();
    const answered = await this.#ask({ ...this.#parts.bound, inputTokens: 0, outputTokens: 0, isOpen: false, nanoUsd: 0, inputNanoUsd: 0, leastNanoUsd: 0 });
    if ("settle" in answered) answered.settle(owed);
  }

  #ask(bound: CallBound): Promise<Reservation | Refusal> {
    const { callId, book, budgets } = this.#parts;
    return book.reserve(`${callId}-${this.#reservations++}`, budgets, bound);
  }
}
