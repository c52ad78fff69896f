/** What a caller is told of its budgets: the fields that the SDKs of its dialect look for, and money in one of our own. */
import type { BudgetState } from "@parley/stores/ports/budgets";
import type { DialectName } from "../conversation/content.ts";
import type { CompiledBudget } from "./compiled-budgets.ts";

/** Name, value, …: of the tightest budget of each unit. */
export function budgetFields(budgets: readonly CompiledBudget[], states: readonly BudgetState[], caller: { dialect: DialectName; nowMs: number }): string[] {
  const tokens = tightest("tokens", budgets, states);
  const cost = tightest("cost", budgets, states);
  return [...(tokens ? tokenFields(tokens.state, caller) : []), ...(cost ? ["Parley-Budget", costField(cost)] : [])];
}

/** Fields of a provider that speak of its own limits, where ours are said. */
export function isProviderLimit(name: string): boolean {
  return /^(?:x-ratelimit-(?:limit|remaining|reset)-tokens|anthropic-ratelimit-(?:input-|output-)?tokens-.*)$/i.test(name);
}

interface Tightest {
  budget: CompiledBudget;
  state: BudgetState;
}

function tightest(unit: CompiledBudget["unit"], budgets: readonly CompiledBudget[], states: readonly BudgetState[]): Tightest | null {
  let found: Tightest | null = null;
  for (const [index, budget] of budgets.entries()) {
    const state = states[index];
    if (budget.unit !== unit || !state) continue;
    if (!found || left(state) / state.limit < left(found.state) / found.state.limit) found = { budget, state };
  }
  return found;
}

function left({ limit, used }: BudgetState): number {
  return Math.max(0, limit - used);
}

function tokenFields(state: BudgetState, { dialect, nowMs }: { dialect: DialectName; nowMs: number }): string[] {
  const [limit, remaining] = [String(state.limit), String(left(state))];
  if (dialect === "anthropic-messages") {
    const reset = new Date(nowMs + state.resetMs).toISOString();
    return ["anthropic-ratelimit-tokens-limit", limit, "anthropic-ratelimit-tokens-remaining", remaining, "anthropic-ratelimit-tokens-reset", reset];
  }
  return ["x-ratelimit-limit-tokens", limit, "x-ratelimit-remaining-tokens", remaining, "x-ratelimit-reset-tokens", goDuration(state.resetMs)];
}

/** A structured field: the budget's name, and what is left of it in USD. */
function costField({ budget, state }: Tightest): string {
  return `"${budget.name}";limit=${usd(state.limit)};remaining=${usd(left(state))};reset=${Math.ceil(state.resetMs / 1000)};unit=USD`;
}

/** With at most three decimals, as structured fields allow; never more than there is. */
function usd(nanoUsd: number): string {
  return (Math.floor(nanoUsd / 1_000_000) / 1000).toFixed(3);
}

/** As OpenAI writes it: 6m0s, 1.5s. */
function goDuration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds % 60}s`;
}
