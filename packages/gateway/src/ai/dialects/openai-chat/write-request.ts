/** Writes a conversation as a chat completion request to a provider. */
import type { Conversation, ResponseFormat, Tool, ToolChoice } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { writeToChat } from "../../conversation/openai-members.ts";
import { budgetTokensToEffort } from "../../conversation/reasoning-effort.ts";
import { membersFor } from "../../conversation/own-members.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeMessages } from "./write-messages.ts";

export function writeChatRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  const { sampling, reasoning } = conversation;
  const body: JsonDraft = {
    model: target.model,
    messages: writeMessages(conversation.messages, { target, notes }),
    stream: target.stream || undefined,
    // Always asked for, so that every call can be accounted for.
    stream_options: target.stream ? { include_usage: true } : undefined,
    tools: conversation.tools.length > 0 ? conversation.tools.map((tool) => writeTool(tool, notes)) : undefined,
    tool_choice: conversation.toolChoice && writeToolChoice(conversation.toolChoice, conversation.tools),
    parallel_tool_calls: conversation.parallelToolCalls,
    response_format: conversation.responseFormat && writeResponseFormat(conversation.responseFormat),
    max_completion_tokens: conversation.maxOutputTokens,
    stop: conversation.stop,
    n: conversation.choiceCount,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    seed: sampling.seed,
    logit_bias: sampling.logitBias,
    logprobs: conversation.logprobs && true,
    top_logprobs: conversation.logprobs?.top,
    reasoning_effort: reasoning?.effort ?? (reasoning?.budgetTokens === undefined ? undefined : budgetTokensToEffort(reasoning.budgetTokens)),
    user: conversation.endUser,
    metadata: conversation.metadata,
    service_tier: conversation.serviceTier,
  };
  writeRest(conversation, body, notes);
  return { path: "/chat/completions", headers: [], body };
}

/** What only some of the servers take: given to them if the caller speaks this dialect itself. */
function writeRest(conversation: Conversation, body: JsonDraft, notes: TranslationNotes): void {
  const { topK, minP } = conversation.sampling;
  if (conversation.dialect !== "openai-chat") {
    if (topK !== undefined) notes.dropped("top_k", "chat completions have no top_k");
    if (minP !== undefined) notes.dropped("min_p", "chat completions have no min_p");
    return declineExtensions(conversation.dialect === "openai-responses" ? { ...conversation, extensions: writeToChat(conversation.extensions, body) } : conversation, notes);
  }
  body["top_k"] = topK;
  body["min_p"] = minP;
  for (const extension of conversation.extensions) body[extension.name] = extension.value;
}

function writeTool(tool: Tool, notes: TranslationNotes): JsonValue {
  switch (tool.type) {
    case "function":
      return { type: "function", function: { name: tool.name, description: tool.description, parameters: tool.parameters, strict: tool.strict, ...membersFor("openai-chat", tool.own) } };
    case "custom":
      return { type: "custom", custom: { name: tool.name, description: tool.description, format: tool.format && writeToolFormat(tool.format) } };
    case "native":
      return tool.dialect === "openai-chat" ? tool.definition : notes.unsupported("tools", `the tool ${tool.kind} runs at another provider`);
  }
}

function writeToolFormat(format: JsonObject): JsonObject {
  const { type, ...grammar } = format;
  return type === "grammar" ? { type, grammar } : format;
}

function writeToolChoice(choice: ToolChoice, tools: readonly Tool[]): JsonValue {
  const named = (name: string): JsonObject => (tools.some((tool) => tool.type === "custom" && tool.name === name) ? { type: "custom", custom: { name } } : { type: "function", function: { name } });
  switch (choice.type) {
    case "auto":
    case "none":
    case "required":
      return choice.type;
    case "tool":
      return named(choice.name);
    case "allowed":
      return { type: "allowed_tools", allowed_tools: { mode: choice.required ? "required" : "auto", tools: choice.names.map(named) } };
  }
}

function writeResponseFormat(format: ResponseFormat): JsonValue {
  if (format.type === "text") return { type: "text" };
  if (format.type === "json") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: format.name ?? "answer", description: format.description, schema: format.schema, strict: format.strict } };
}
