/** The refusals of budgets. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { BudgetOperations, BudgetState } from "@parley/stores/ports/budgets";
import type { CallBound } from "./call-bound.ts";
import type { CompiledBudget } from "./compiled-budgets.ts";

type Exhausted = Extract<BudgetOperations["reserveBudget"]["output"], { kind: "exhausted" }>;

/** Clients that repeat by themselves should not, where it takes longer than this. */
const worthWaitingMs = 60_000;

/** With how the budgets stand, for the fields that the caller's SDK looks for. */
export interface ExhaustedRefusal extends Refusal {
  readonly states: readonly BudgetState[];
}

export function exhausted(budgets: readonly CompiledBudget[], answer: Exhausted, bound: CallBound): ExhaustedRefusal {
  const budget = budgets[answer.claim] as CompiledBudget;
  const used = answer.states[answer.claim]?.used ?? 0;
  const { retryAfterMs } = answer;
  const left = Math.max(0, budget.limit - used);
  const wanted = budget.unit === "tokens" ? `${bound.inputTokens + (bound.isOpen ? 1 : bound.outputTokens)} tokens` : `${usd(bound.leastNanoUsd)} USD`;
  const rest = budget.unit === "tokens" ? `${left} of ${budget.limit} tokens` : `${usd(left)} of ${usd(budget.limit)} USD`;
  const seconds = retryAfterMs === null ? null : Math.max(1, Math.ceil(retryAfterMs / 1000));
  const when = seconds === null ? "that is more than the whole budget, so it can never pass" : `there is enough again in ${seconds} s`;
  return {
    states: answer.states,
    code: budget.unit === "tokens" ? "token-limit" : "budget-exhausted",
    detail: `The budget ${budget.name} has ${rest} left, minus the reservations of calls in flight, and this call can take ${wanted}; ${when}.`,
    headers: {
      ...(seconds === null ? {} : { "Retry-After": String(seconds) }),
      ...(retryAfterMs === null || retryAfterMs > worthWaitingMs ? { "x-should-retry": "false" } : {}),
    },
  };
}

/** Fails closed: what cannot be counted is not spent. */
export const ledgerDown: Refusal = {
  code: "budget-unavailable",
  detail: "The caller has a budget, and the ledger that counts it does not answer.",
  headers: { "Retry-After": "2" },
};

export function unpriced(model: string): Refusal {
  return { code: "price-unknown", detail: `The price of the model ${model.slice(0, 100)} is not known, and the caller has a budget in money.`, extensions: { param: "model" } };
}

function usd(nanoUsd: number): string {
  return (nanoUsd / 1_000_000_000).toFixed(9).replace(/0{1,7}$/, "");
}
