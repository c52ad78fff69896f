/**
 * Thinking. From Gemini 3 on it has levels, before it has a budget of tokens, whose range each model sets for itself. To ask
 * for an effort is to ask for its thoughts as well, unless the caller says otherwise.
 * https://ai.google.dev/gemini-api/docs/thinking
 */
import type { ReasoningSettings } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { effortToBudgetTokens } from "../../conversation/reasoning-effort.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

export function writeThinkingConfig(reasoning: ReasoningSettings | undefined, model: string, notes: TranslationNotes): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens, visible } = reasoning;
  const thinks = effort !== "none" && budgetTokens !== 0 && (effort !== undefined || budgetTokens !== undefined);
  const config: JsonObject = { ...amount({ effort, budgetTokens }, model, notes), includeThoughts: visible ?? (thinks ? true : undefined) };
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}

/** Models before Gemini 3 refuse levels; the names without a number mean the newest. */
export function takesThinkingLevel(model: string): boolean {
  return !/gemini-[12](?:\.|-|$)/.test(model);
}

function amount(asked: { effort: string | undefined; budgetTokens: number | undefined }, model: string, notes: TranslationNotes): JsonObject {
  if (takesThinkingLevel(model) && asked.budgetTokens === undefined) {
    return asked.effort === undefined ? {} : { thinkingLevel: levelOf(asked.effort, model, notes) };
  }
  const wanted = asked.budgetTokens ?? (asked.effort === undefined ? undefined : effortToBudgetTokens(asked.effort));
  if (wanted === undefined) return asked.effort === undefined ? {} : notes.unsupported("reasoning_effort", `Gemini knows no effort called ${asked.effort}`);
  return { thinkingBudget: withinRange(wanted, model, { notes, parameter: asked.budgetTokens === undefined ? "reasoning_effort" : "thinking" }) };
}

const levels: Readonly<Record<string, string>> = { none: "MINIMAL", minimal: "MINIMAL", low: "LOW", medium: "MEDIUM", high: "HIGH", xhigh: "HIGH", max: "HIGH" };

/** Pro models cannot think as little as the others. */
function levelOf(effort: string, model: string, notes: TranslationNotes): string {
  const level = levels[effort] ?? notes.unsupported("reasoning_effort", `Gemini knows no effort called ${effort}`);
  const least = level === "MINIMAL" && /-pro(?:-|$)/.test(model) ? "LOW" : level;
  if (effort === "none" || least !== level) notes.changed("reasoning_effort", `${model} always thinks; the least it can is ${least}`);
  return least;
}

interface BudgetRange {
  family: RegExp;
  least: number;
  most: number;
  /** Whether it can be turned off with 0. */
  off: boolean;
}

const budgetRanges: readonly BudgetRange[] = [
  { family: /gemini-2\.5-pro/, least: 128, most: 32_768, off: false },
  { family: /gemini-2\.5-flash-lite/, least: 512, most: 24_576, off: true },
  { family: /gemini-2\.5-flash/, least: 1, most: 24_576, off: true },
];

/** A budget of -1 leaves the amount to the model. */
function withinRange(budget: number, model: string, place: { notes: TranslationNotes; parameter: string }): number {
  const range = budgetRanges.find((candidate) => candidate.family.test(model));
  if (range === undefined || budget === -1 || (budget === 0 && range.off)) return budget;
  const fitting = Math.min(Math.max(budget, range.least), range.most);
  if (fitting !== budget) place.notes.changed(place.parameter, `${model} thinks for ${range.least} to ${range.most} tokens, so it was given ${fitting}`);
  return fitting;
}
