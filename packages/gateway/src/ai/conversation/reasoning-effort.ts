/**
 * Reasoning is asked for as an effort (OpenAI) or as a budget of tokens (Anthropic, Gemini). The steps between them are
 * ours, since no provider states any; Anthropic's least budget is 1,024.
 */
const budgetOfEffort: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 2048, medium: 8192, high: 24_576, xhigh: 32_768, max: 63_999 };

/** Undefined for an effort that is not known. */
export function effortToBudgetTokens(effort: string): number | undefined {
  return budgetOfEffort[effort];
}

/** The least effort whose budget suffices. */
export function budgetTokensToEffort(budgetTokens: number): string {
  for (const [effort, budget] of Object.entries(budgetOfEffort)) if (budgetTokens <= budget) return effort;
  return "max";
}
