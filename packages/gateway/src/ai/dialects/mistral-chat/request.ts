import type { Conversation, ReasoningSettings } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeMessages } from "./messages.ts";
import { writeTools, writeToolChoice } from "./tools.ts";

/** Mistral always gives usage at a stream's end and refuses to be asked for it by anything but its own schema. */
export function writeRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  const { sampling } = conversation;
  const body: JsonDraft = {
    model: target.model,
    messages: writeMessages(conversation, notes),
    stream: target.stream,
    tools: writeTools(conversation, notes),
    tool_choice: conversation.tools.length === 0 ? undefined : writeToolChoice(conversation),
    parallel_tool_calls: conversation.parallelToolCalls,
    response_format: responseFormat(conversation),
    max_tokens: conversation.maxOutputTokens,
    stop: conversation.stop,
    n: conversation.choiceCount,
    temperature: temperatureOf(sampling.temperature, notes),
    top_p: sampling.topP,
    random_seed: seedOf(sampling.seed, notes),
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logprobs: conversation.logprobs === undefined ? undefined : true,
    top_logprobs: conversation.logprobs?.top,
    reasoning_effort: reasoningEffort(conversation.reasoning, notes),
    metadata: conversation.metadata,
  };
  addExtensions(body, conversation, notes);
  noteUnsaid(conversation, notes);
  return { path: "/chat/completions", headers: [], body };
}

/** What only Mistral knows, and callers of the OpenAI dialect may send as well, since nobody else takes it for something else. */
const ownMembers = new Set(["safe_prompt", "random_seed", "prompt_mode", "prediction", "prompt_cache_key", "guardrails"]);

function addExtensions(body: JsonDraft, conversation: Conversation, notes: TranslationNotes): void {
  const speaksIt = conversation.dialect === "mistral-chat";
  const foreign = conversation.extensions.filter((extension) => !speaksIt && !ownMembers.has(extension.name));
  for (const extension of conversation.extensions) if (!foreign.includes(extension)) body[extension.name] = extension.value;
  declineExtensions({ ...conversation, extensions: foreign }, notes);
}

const greatestTemperature = 1.5;

function temperatureOf(temperature: number | undefined, notes: TranslationNotes): number | undefined {
  if (temperature === undefined || temperature <= greatestTemperature) return temperature;
  notes.changed("temperature", `Mistral's range ends at ${greatestTemperature}; that was sent for ${temperature}`);
  return greatestTemperature;
}

function seedOf(seed: number | undefined, notes: TranslationNotes): number | undefined {
  if (seed === undefined || seed >= 0) return seed;
  notes.dropped("seed", "Mistral takes seeds from 0 on");
  return undefined;
}

function responseFormat(conversation: Conversation): JsonObject | undefined {
  const format = conversation.responseFormat;
  if (format === undefined) return undefined;
  if (format.type === "text") return { type: "text" };
  if (format.type === "json") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: format.name ?? "answer", description: format.description, schema: format.schema, strict: format.strict } };
}

/** Mistral reasons in full or not at all. */
function reasoningEffort(reasoning: ReasoningSettings | undefined, notes: TranslationNotes): string | undefined {
  if (reasoning === undefined || (reasoning.effort === undefined && reasoning.budgetTokens === undefined)) return undefined;
  const asked = reasoning.effort ?? (reasoning.budgetTokens === 0 ? "none" : "high");
  const effort = asked === "none" || asked === "minimal" ? "none" : "high";
  if (effort !== asked || reasoning.budgetTokens) notes.changed("reasoning_effort", `Mistral knows none and high only, so it was given ${effort}`);
  return effort;
}

function noteUnsaid({ sampling, endUser, serviceTier }: Conversation, notes: TranslationNotes): void {
  if (sampling.topK !== undefined) notes.dropped("top_k", "Mistral samples by temperature and top_p only");
  if (sampling.minP !== undefined) notes.dropped("min_p", "Mistral samples by temperature and top_p only");
  if (Object.keys(sampling.logitBias ?? {}).length > 0) notes.unsupported("logit_bias", "Mistral cannot make single tokens more or less likely");
  if (endUser !== undefined) notes.dropped("user", "Mistral takes no id of an end user");
  if (serviceTier !== undefined) notes.dropped("service_tier", "Mistral's tiers are chosen by the account");
}
