/**
 * Budgets of a connection with many answers: something is reserved as long as it is open, each answer is settled on what it
 * took and reserved for anew, and the connection ends with the first answer after which nothing is left.
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
  #answers = 0;
  #reserved: Reservation | null = null;
  #isOver = false;

  constructor(parts: SessionBudgetParts) {
    this.#parts = parts;
  }

  /** Why there is nothing left to answer with. */
  async reserve(): Promise<Refusal | null> {
    const { callId, book, budgets, bound } = this.#parts;
    const answered = await book.reserve(`${callId}-${this.#answers++}`, budgets, bound);
    if ("code" in answered) return answered;
    if (this.#isOver) answered.settle(nothing);
    else {
      this.#reserved = answered;
      answered.watch(() => nothing);
    }
    return null;
  }

  /** An answer is over. */
  async answered(spent: Spent): Promise<Refusal | null> {
    this.#settle(spent);
    return this.#isOver ? null : this.reserve();
  }

  /** The connection is over; `spent` by an answer that was not. */
  end(spent: Spent = nothing): void {
    this.#isOver = true;
    this.#settle(spent);
  }

  #settle(spent: Spent): void {
    this.#reserved?.settle(spent);
    this.#reserved = null;
  }
}
