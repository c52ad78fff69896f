/** What Converse itself has no field for and hands to the model: thinking and top_k, each family's in its own way. */
import type { Conversation } from "../../conversation/conversation.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { budgetTokensToEffort } from "../../conversation/reasoning-effort.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { modelRules } from "../anthropic-messages/model-rules.ts";
import { writeThinking } from "../anthropic-messages/write-thinking.ts";
import { modelFamily } from "./model-family.ts";

export function writeModelFields(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): JsonObject | undefined {
  const fields: JsonDraft = {};
  const place = { fields, target, notes };
  writeReasoning(conversation, place);
  writeTopK(conversation, place);
  return Object.keys(fields).length === 0 ? undefined : fields;
}

interface Place {
  fields: JsonDraft;
  target: ProviderTarget;
  notes: TranslationNotes;
}

function writeReasoning(conversation: Conversation, place: Place): void {
  const { reasoning } = conversation;
  if (!reasoning || (reasoning.effort === undefined && reasoning.budgetTokens === undefined)) return;
  const { fields, target, notes } = place;
  const effort = reasoning.effort ?? budgetTokensToEffort(reasoning.budgetTokens ?? 0);
  switch (modelFamily(target.model)) {
    case "claude":
      return writeClaudeThinking(conversation, place);
    case "gpt-oss":
      fields["reasoning_effort"] = effort === "none" || effort === "minimal" ? "low" : effort === "xhigh" || effort === "max" ? "high" : effort;
      return;
    case "nova-2":
      if (effort !== "none") fields["reasoningConfig"] = { type: "enabled", maxReasoningEffort: effort === "minimal" ? "low" : effort === "xhigh" || effort === "max" ? "high" : effort };
      return;
    case "nova":
    case "other":
      if (effort !== "none") notes.dropped(reasoning.effort === undefined ? "thinking" : "reasoning_effort", "this model's reasoning cannot be set");
  }
}

function writeClaudeThinking(conversation: Conversation, { fields, target, notes }: Place): void {
  const rules = modelRules(target.model);
  const choice = conversation.toolChoice?.type;
  const body: JsonDraft = {
    max_tokens: conversation.maxOutputTokens ?? rules.maxOutputTokens,
    tool_choice: choice === "required" || choice === "tool" ? { type: "any" } : undefined,
  };
  writeThinking(conversation, { body, rules, notes });
  if (body["thinking"] !== undefined) fields["thinking"] = body["thinking"];
  if (body["output_config"] !== undefined) fields["output_config"] = body["output_config"];
}

function writeTopK({ sampling: { topK } }: Conversation, { fields, target, notes }: Place): void {
  if (topK === undefined) return;
  const family = modelFamily(target.model);
  if (family === "claude" && fields["thinking"] === undefined) fields["top_k"] = topK;
  else if (family === "nova" || family === "nova-2") fields["inferenceConfig"] = { topK };
  else notes.dropped("top_k", family === "claude" ? "with thinking, Anthropic's models take no top_k" : "this model takes no top_k through Bedrock");
}
