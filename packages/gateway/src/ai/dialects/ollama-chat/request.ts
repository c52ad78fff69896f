import type { Conversation, ReasoningSettings, Tool } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeMessages } from "./messages.ts";

/** `stream` is always said: Ollama streams where it is left out. */
export function writeRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  const body: JsonDraft = {
    model: target.model,
    messages: writeMessages(conversation, notes),
    stream: target.stream,
    tools: writeTools(conversation, notes),
    format: responseFormat(conversation),
    think: think(conversation.reasoning, notes),
    logprobs: conversation.logprobs === undefined ? undefined : true,
    top_logprobs: conversation.logprobs?.top,
  };
  addExtensions(body, conversation, notes);
  const options = writeOptions(conversation, body["options"]);
  if (Object.keys(options).length > 0) body["options"] = options;
  noteUnsaid(conversation, notes);
  return { path: "/api/chat", headers: target.stream ? ["accept", "application/x-ndjson"] : [], body };
}

/** What only Ollama knows, and callers of the OpenAI dialect may send as well. */
const ownMembers = new Set(["options", "keep_alive", "truncate", "shift"]);

function addExtensions(body: JsonDraft, conversation: Conversation, notes: TranslationNotes): void {
  const speaksIt = conversation.dialect === "ollama-chat";
  const foreign = conversation.extensions.filter((extension) => !speaksIt && !ownMembers.has(extension.name));
  for (const extension of conversation.extensions) if (!foreign.includes(extension)) body[extension.name] = extension.value;
  declineExtensions({ ...conversation, extensions: foreign }, notes);
}

/** What the caller says in the common parameters comes before the same in its own options. */
function writeOptions(conversation: Conversation, own: JsonValue | undefined): JsonObject {
  const { sampling } = conversation;
  const common: JsonDraft = {
    num_predict: conversation.maxOutputTokens,
    stop: conversation.stop,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
  };
  const said = Object.entries(common).filter(([, value]) => value !== undefined);
  return { ...asObject(own), ...Object.fromEntries(said) };
}

/** Ollama cannot be told which tool to call, only be shown none, or some. */
function writeTools(conversation: Conversation, notes: TranslationNotes): readonly JsonObject[] | undefined {
  const choice = conversation.toolChoice;
  if (conversation.tools.length === 0) return undefined;
  if (choice?.type === "none") {
    notes.dropped("tools", "Ollama cannot be told to call none, so the tools were left out");
    return undefined;
  }
  if (choice?.type === "required" || choice?.type === "tool" || (choice?.type === "allowed" && choice.required)) {
    notes.unsupported("tool_choice", "Ollama leaves it to the model whether it calls a tool");
  }
  const offered = conversation.tools.filter((tool) => choice?.type !== "allowed" || tool.type === "native" || choice.names.includes(tool.name));
  return offered.map((tool, index) => writeTool(tool, { index, notes }));
}

function writeTool(tool: Tool, place: { index: number; notes: TranslationNotes }): JsonObject {
  if (tool.type === "native" && tool.dialect === "ollama-chat") return tool.definition;
  if (tool.type !== "function") {
    return place.notes.unsupported(`tools[${place.index}]`, `Ollama has no tool like ${tool.type === "native" ? tool.kind : "a custom one, which takes free text"}`);
  }
  if (tool.strict === true) place.notes.dropped(`tools[${place.index}].function.strict`, "Ollama does not promise that arguments follow the schema");
  const parameters = tool.parameters ?? { type: "object", properties: {} };
  return { type: "function", function: { name: tool.name, description: tool.description ?? "", parameters } };
}

function responseFormat(conversation: Conversation): JsonValue | undefined {
  const format = conversation.responseFormat;
  if (format === undefined || format.type === "text") return undefined;
  return format.type === "json" ? "json" : format.schema;
}

const levels: Readonly<Record<string, JsonValue>> = { none: false, minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "max" };

/** Models without levels take any of them for yes. */
function think(reasoning: ReasoningSettings | undefined, notes: TranslationNotes): JsonValue | undefined {
  if (reasoning === undefined) return undefined;
  if (reasoning.effort !== undefined) return levels[reasoning.effort] ?? notes.unsupported("reasoning_effort", `Ollama knows no effort called ${reasoning.effort}`);
  if (reasoning.budgetTokens === undefined) return undefined;
  if (reasoning.budgetTokens > 0) notes.changed("thinking", "Ollama thinks without a budget");
  return reasoning.budgetTokens > 0;
}

function noteUnsaid(conversation: Conversation, notes: TranslationNotes): void {
  const { sampling, choiceCount, parallelToolCalls, endUser, metadata, serviceTier } = conversation;
  if (choiceCount !== undefined && choiceCount > 1) notes.unsupported("n", "Ollama gives one answer at a time");
  if (Object.keys(sampling.logitBias ?? {}).length > 0) notes.unsupported("logit_bias", "Ollama cannot make single tokens more or less likely");
  if (parallelToolCalls === false) notes.dropped("parallel_tool_calls", "Ollama has no switch for it and may call several tools in one answer");
  if (endUser !== undefined) notes.dropped("user", "Ollama takes no id of an end user");
  if (metadata !== undefined) notes.dropped("metadata", "Ollama takes no metadata");
  if (serviceTier !== undefined) notes.dropped("service_tier", "Ollama has no service tiers");
}
