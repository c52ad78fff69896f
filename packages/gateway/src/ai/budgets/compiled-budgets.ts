/** Budgets as they are kept for whoever they belong to: limits on tokens and cost, with their names and the ledger's keys. */
import type { Limit } from "@parley/contract/config/limits";
import type { Period } from "@parley/contract/units";

export interface CompiledBudget {
  /** In the ledger. */
  readonly key: string;
  /** As it is named to callers, such as `consumer-month`. */
  readonly name: string;
  readonly unit: "tokens" | "cost";
  /** Tokens, or billionths of a USD. */
  readonly limit: number;
  readonly period: Period;
  readonly zone: string;
}

export const noBudgets: readonly CompiledBudget[] = [];

/** `owner` says what they belong to, `key` which of them. Of two of the same period the lower one holds. */
export function compileBudgets({ owner, key, limits }: { owner: string; key: string; limits: readonly Limit[] }): readonly CompiledBudget[] {
  const compiled = new Map<string, CompiledBudget>();
  for (const limit of limits) {
    if (!("tokens" in limit) && !("cost" in limit)) continue;
    const unit = "tokens" in limit ? "tokens" : "cost";
    const amount = "tokens" in limit ? limit.tokens : Math.round(limit.cost.amount * 1_000_000_000);
    const zone = limit.zone ?? "UTC";
    const period = limit.per.kind === "calendar" ? limit.per.unit : `${limit.per.milliseconds / 1000}s`;
    const budget = { key: `${owner}:${key}:${unit}:${period}:${zone}`, name: `${owner}-${period}`, unit, limit: amount, period: limit.per, zone } as const;
    const same = compiled.get(budget.key);
    if (!same || budget.limit < same.limit) compiled.set(budget.key, budget);
  }
  return compiled.size === 0 ? noBudgets : [...compiled.values()];
}
