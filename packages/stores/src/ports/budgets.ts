/**
 * Budgets of tokens and money, a part of the ledger: what may still be spent in a period, shared by all workers. A call
 * reserves what it can cost at most before it is sent and settles on what it did cost, so that calls at the same time
 * cannot spend the same money twice. A reservation whose worker is gone runs out by itself, and leaves behind what that
 * call had cost at least. Amounts are whole numbers: tokens, or billionths of a USD.
 */
import type { Period } from "@parley/contract/units";

export interface BudgetClaim {
  /** Names the budget, its unit and its period, such as `consumer:acme:tokens:60s`. */
  key: string;
  limit: number;
  /** Rolling: never more than the limit in any stretch of that length. Calendar: days and months of the zone. */
  period: Period;
  /** An IANA time zone, or UTC. */
  zone: string;
  /** What the call may cost. */
  amount: number;
  /** What it needs at the least; where less than `amount` is left it is given what is left. */
  least: number;
  /** What it counts as where nobody ever settles it. */
  floor: number;
}

export interface BudgetState {
  limit: number;
  /** Spent and reserved, this call included where it was admitted. */
  used: number;
  /** Of `used`, what was reserved for this call. */
  granted: number;
  /** Until some of it (rolling) or all of it (calendar) comes back. */
  resetMs: number;
}

export interface BudgetOperations {
  /** All claims are granted, or nothing is taken from any. */
  reserveBudget: {
    input: { reservation: string; claims: BudgetClaim[]; ttlMs: number };
    output:
      | { kind: "reserved"; states: BudgetState[] }
      /** `claim` is the one that takes longest; `retryAfterMs` is null where it asks for more than the whole limit. */
      | { kind: "exhausted"; claim: number; retryAfterMs: number | null; states: BudgetState[] };
  };
  /** Keeps reservations from running out; `floors` are as the claims'. */
  renewBudget: { input: { reservations: { reservation: string; floors: number[] }[]; ttlMs: number }; output: { renewed: number } };
  /** `amounts` are as the claims. Counts in the period in which the call began, also after the reservation ran out. */
  settleBudget: { input: { reservation: string; amounts: number[] }; output: { kind: "settled" | "unknown" } };
}
