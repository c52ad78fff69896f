/** Writes what the caller wants of reasoning, as the model takes it: a budget of tokens, or an effort. */
import type { Conversation } from "../../conversation/conversation.ts";
import { asNumber, asObject } from "../../conversation/json.ts";
import type { JsonDraft } from "../../conversation/json.ts";
import { budgetTokensToEffort, effortToBudgetTokens } from "../../conversation/reasoning-effort.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import type { ModelRules } from "./model-rules.ts";

const leastBudgetTokens = 1024;

interface Place {
  /** `max_tokens` and `tool_choice` are in it already. */
  body: JsonDraft;
  rules: ModelRules;
  notes: TranslationNotes;
}

export function writeThinking(conversation: Conversation, place: Place): void {
  const reasoning = conversation.reasoning;
  if (!reasoning || (reasoning.effort === undefined && reasoning.budgetTokens === undefined)) return;
  const { rules, notes, body } = place;
  const parameter = reasoning.effort === undefined ? "thinking.budget_tokens" : "reasoning_effort";
  if (reasoning.effort === "none" || reasoning.budgetTokens === 0) {
    // The newest models think unless they are told not to.
    if (rules.thinking === "adaptive") body["thinking"] = { type: "disabled" };
    return;
  }
  const forced = asObject(body["tool_choice"])?.["type"];
  if (rules.thinking === "none") return notes.dropped(parameter, "this model does not think");
  const isForced = forced === "any" || forced === "tool";
  if (isForced && rules.thinking !== "adaptive") return notes.dropped(parameter, "this model does not think where tool_choice forces a tool");
  if (rules.thinking === "adaptive" && reasoning.effort === undefined) notes.changed(parameter, "this model thinks by an effort and not by a budget");
  const byEffort = rules.thinking === "adaptive" || (rules.thinking === "either" && reasoning.budgetTokens === undefined);
  if (byEffort) writeEffort(place, reasoning.effort ?? budgetTokensToEffort(reasoning.budgetTokens ?? 0));
  else writeBudget(place, reasoning.budgetTokens ?? effortToBudgetTokens(reasoning.effort ?? "") ?? leastBudgetTokens, parameter);
}

/** The first models with an effort know no xhigh. */
function writeEffort({ body, rules }: Place, effort: string): void {
  const written = effort === "minimal" ? "low" : effort === "xhigh" && rules.thinking === "either" ? "max" : effort;
  const forced = asObject(body["tool_choice"])?.["type"];
  if (forced !== "any" && forced !== "tool") body["thinking"] = { type: "adaptive" };
  body["output_config"] = { ...asObject(body["output_config"]), effort: written };
}

/** The budget is part of max_tokens and has to leave room for the answer. */
function writeBudget({ body, notes }: Place, wantedTokens: number, parameter: string): void {
  const maxTokens = asNumber(body["max_tokens"]) ?? 0;
  const budget = Math.max(leastBudgetTokens, wantedTokens < maxTokens ? wantedTokens : Math.floor(maxTokens * 0.8));
  if (budget >= maxTokens) return notes.dropped(parameter, `thinking takes at least ${leastBudgetTokens} tokens, and max_tokens is ${maxTokens}`);
  if (parameter === "thinking.budget_tokens" && budget !== wantedTokens) notes.changed(parameter, `${budget} was sent for ${wantedTokens}: at least ${leastBudgetTokens}, and less than max_tokens`);
  body["thinking"] = { type: "enabled", budget_tokens: budget };
}
