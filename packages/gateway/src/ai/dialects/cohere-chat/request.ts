/** Writes a conversation as a request to Cohere's v2 chat. */
import type { Conversation, ResponseFormat, Tool } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { effortToBudgetTokens } from "../../conversation/reasoning-effort.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { collectDocuments, writeMessages } from "./messages.ts";

export function writeCohereRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  const { sampling } = conversation;
  const offered = offeredTools(conversation);
  const body: JsonDraft = {
    model: target.model,
    messages: writeMessages(conversation.messages, notes),
    stream: target.stream,
    documents: collectDocuments(conversation.messages),
    tools: offered.length === 0 ? undefined : offered.map((tool) => writeTool(tool, notes)),
    tool_choice: writeToolChoice(conversation),
    strict_tools: offered.some((tool) => tool.type === "function" && tool.strict) || undefined,
    response_format: conversation.responseFormat && writeFormat(conversation.responseFormat),
    max_tokens: conversation.maxOutputTokens,
    stop_sequences: writeStop(conversation.stop, notes),
    temperature: writeTemperature(sampling.temperature, notes),
    p: sampling.topP,
    k: sampling.topK,
    seed: sampling.seed,
    presence_penalty: writePenalty("presence_penalty", sampling.presencePenalty, notes),
    frequency_penalty: writePenalty("frequency_penalty", sampling.frequencyPenalty, notes),
    thinking: writeThinking(conversation),
  };
  addExtensions(body, conversation, notes);
  noteUnsaid(conversation, notes);
  return { path: "/v2/chat", headers: [], body };
}

/** Cohere can force a tool, or forbid all, and cannot name one: then only that is offered. */
function offeredTools({ tools, toolChoice: choice }: Conversation): readonly Tool[] {
  if (choice?.type === "tool") return tools.filter((tool) => tool.type === "native" || tool.name === choice.name);
  if (choice?.type === "allowed") return tools.filter((tool) => tool.type === "native" || choice.names.includes(tool.name));
  return tools;
}

function writeTool(tool: Tool, notes: TranslationNotes): JsonObject {
  switch (tool.type) {
    case "function":
      return { type: "function", function: { name: tool.name, description: tool.description, parameters: tool.parameters?.["type"] === undefined ? { type: "object", properties: {}, ...tool.parameters } : tool.parameters } };
    case "custom":
      return notes.unsupported("tools", `Cohere's tools take JSON, and ${tool.name} takes free text`);
    case "native":
      return tool.dialect === "cohere-chat" ? tool.definition : notes.unsupported("tools", `the tool ${tool.kind} runs at another provider`);
  }
}

function writeToolChoice({ tools, toolChoice: choice }: Conversation): string | undefined {
  const isForced = choice?.type === "required" || choice?.type === "tool" || (choice?.type === "allowed" && choice.required);
  if (isForced && tools.length === 0) refuseParameter("invalid-request", "tool_choice", "tool_choice asks for a tool, and there are no tools");
  if (isForced) return "REQUIRED";
  return choice?.type === "none" && tools.length > 0 ? "NONE" : undefined;
}

function writeFormat(format: ResponseFormat): JsonObject {
  if (format.type === "text") return { type: "text" };
  return format.type === "json" ? { type: "json_object" } : { type: "json_object", json_schema: format.schema };
}

const mostStops = 5;

function writeStop(stop: readonly string[] | undefined, notes: TranslationNotes): readonly string[] | undefined {
  if (stop && stop.length > mostStops) notes.unsupported("stop", `Cohere takes ${mostStops} stop sequences at most`);
  return stop && stop.length > 0 ? stop : undefined;
}

function writeTemperature(temperature: number | undefined, notes: TranslationNotes): number | undefined {
  if (temperature === undefined || temperature <= 1) return temperature;
  notes.changed("temperature", `Cohere's range ends at 1; 1 was sent for ${temperature}`);
  return 1;
}

/** From 0 to 1 here, from -2 to 2 elsewhere. */
function writePenalty(name: string, penalty: number | undefined, notes: TranslationNotes): number | undefined {
  if (penalty === undefined || (penalty >= 0 && penalty <= 1)) return penalty;
  const nearest = penalty < 0 ? 0 : 1;
  notes.changed(name, `Cohere's range is 0 to 1; ${nearest} was sent for ${penalty}`);
  return nearest;
}

function writeThinking({ reasoning }: Conversation): JsonObject | undefined {
  if (!reasoning || (reasoning.effort === undefined && reasoning.budgetTokens === undefined)) return undefined;
  if (reasoning.effort === "none" || reasoning.budgetTokens === 0) return { type: "disabled" };
  const budget = reasoning.budgetTokens ?? effortToBudgetTokens(reasoning.effort ?? "");
  return { type: "enabled", token_budget: budget };
}

/** What only Cohere has, and callers of any dialect may send as well, since nobody else takes it for something else. */
const ownMembers = new Set(["documents", "citation_options", "safety_mode", "strict_tools", "priority"]);

function addExtensions(body: JsonDraft, conversation: Conversation, notes: TranslationNotes): void {
  const foreign = conversation.extensions.filter(({ name }) => !ownMembers.has(name));
  for (const extension of conversation.extensions) if (!foreign.includes(extension)) body[extension.name] = extension.value;
  declineExtensions({ ...conversation, extensions: foreign }, notes);
}

function noteUnsaid(conversation: Conversation, notes: TranslationNotes): void {
  if ((conversation.choiceCount ?? 1) > 1) notes.unsupported("n", "Cohere gives one answer to a request");
  if (conversation.logprobs) notes.unsupported("logprobs", "Cohere's log probabilities have a form of their own");
  if (Object.keys(conversation.sampling.logitBias ?? {}).length > 0) notes.unsupported("logit_bias", "Cohere cannot favour single tokens");
  if (conversation.sampling.minP !== undefined) notes.dropped("min_p", "Cohere samples by temperature, p and k only");
  if (conversation.parallelToolCalls === false) notes.dropped("parallel_tool_calls", "Cohere has no switch for it and may call several tools in one answer");
  if (conversation.endUser !== undefined) notes.dropped("user", "Cohere takes no id of an end user");
  if (conversation.metadata !== undefined) notes.dropped("metadata", "Cohere takes no metadata");
  if (conversation.serviceTier !== undefined && conversation.serviceTier !== "auto") notes.dropped("service_tier", "Cohere's tiers are chosen by the account");
}
