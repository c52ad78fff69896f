/** Writes a conversation as a responses request. Nothing is kept at the provider: the caller has no way to ask for it again. */
import type { Conversation, ResponseFormat, Tool, ToolChoice } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import { isList } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { writeToResponses } from "../../conversation/openai-members.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { budgetTokensToEffort } from "../../conversation/reasoning-effort.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeInput } from "./write-input.ts";

const leastOutputTokens = 16;

export function writeResponsesRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  const { sampling } = conversation;
  refuseWhatIsMissing(conversation, notes);
  const include = [...(reasons(target.model) ? ["reasoning.encrypted_content"] : []), ...(conversation.logprobs ? ["message.output_text.logprobs"] : [])];
  const body: JsonDraft = {
    model: target.model,
    input: writeInput(conversation.messages, notes),
    stream: target.stream || undefined,
    store: false,
    include: include.length > 0 ? include : undefined,
    tools: conversation.tools.length > 0 ? conversation.tools.map((tool) => writeTool(tool, notes)) : undefined,
    tool_choice: conversation.toolChoice && writeToolChoice(conversation.toolChoice, conversation.tools),
    parallel_tool_calls: conversation.parallelToolCalls,
    text: conversation.responseFormat && { format: writeFormat(conversation.responseFormat) },
    max_output_tokens: limit(conversation.maxOutputTokens, notes),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    reasoning: writeReasoning(conversation),
    top_logprobs: conversation.logprobs?.top,
    user: conversation.endUser,
    metadata: conversation.metadata,
    service_tier: conversation.serviceTier,
  };
  if (conversation.dialect === "openai-responses") writeOwn(conversation, body);
  else declineExtensions(conversation.dialect === "openai-chat" ? { ...conversation, extensions: writeToResponses(conversation.extensions, body) } : conversation, notes);
  return { path: "/responses", headers: [], body };
}

/** Asked for by the caller in these very words. */
function writeOwn(conversation: Conversation, body: JsonDraft): void {
  delete body["store"];
  for (const { name, value } of conversation.extensions) {
    const [, outer, inner] = /^(text|reasoning)\.(.+)$/.exec(name) ?? [];
    if (outer !== undefined && inner !== undefined) body[outer] = { ...(body[outer] as JsonObject | undefined), [inner]: value };
    else if (name === "include" && isList(value)) body[name] = [...new Set([...((body[name] as readonly JsonValue[] | undefined) ?? []), ...value])];
    else body[name] = value;
  }
}

/** Models that do not reason refuse to be asked for it. */
function reasons(model: string): boolean {
  return /^(?:o\d|gpt-(?:[5-9]|\d\d)|codex)/.test(model) && !model.includes("chat");
}

function refuseWhatIsMissing(conversation: Conversation, notes: TranslationNotes): void {
  const { sampling } = conversation;
  if ((conversation.choiceCount ?? 1) > 1) notes.unsupported("n", "the responses API gives one answer to a request");
  if (conversation.stop && conversation.stop.length > 0) notes.unsupported("stop", "the responses API has no stop sequences");
  if (Object.keys(sampling.logitBias ?? {}).length > 0) notes.unsupported("logit_bias", "the responses API cannot favour single tokens");
  if (sampling.seed !== undefined) notes.dropped("seed", "the responses API has no seed");
  if (sampling.topK !== undefined) notes.dropped("top_k", "the responses API has no top_k");
  if (sampling.minP !== undefined) notes.dropped("min_p", "the responses API has no min_p");
  if (sampling.presencePenalty) notes.dropped("presence_penalty", "the responses API has no penalties");
  if (sampling.frequencyPenalty) notes.dropped("frequency_penalty", "the responses API has no penalties");
}

function limit(tokens: number | undefined, notes: TranslationNotes): number | undefined {
  if (tokens === undefined || tokens >= leastOutputTokens) return tokens;
  notes.changed("max_tokens", `the responses API takes at least ${leastOutputTokens}`);
  return leastOutputTokens;
}

function writeReasoning({ reasoning }: Conversation): JsonValue | undefined {
  if (!reasoning) return undefined;
  const effort = reasoning.effort ?? (reasoning.budgetTokens === undefined ? undefined : budgetTokensToEffort(reasoning.budgetTokens));
  const summary = reasoning.visible ? "auto" : undefined;
  return effort === undefined && summary === undefined ? undefined : { effort, summary };
}

function writeTool(tool: Tool, notes: TranslationNotes): JsonValue {
  switch (tool.type) {
    case "function":
      return { type: "function", name: tool.name, description: tool.description, parameters: tool.parameters ?? { type: "object", properties: {} }, strict: tool.strict ?? false, ...membersFor("openai-responses", tool.own) };
    case "custom":
      return { type: "custom", name: tool.name, description: tool.description, format: tool.format };
    case "native":
      return tool.dialect === "openai-responses" ? tool.definition : notes.unsupported("tools", `the tool ${tool.kind} runs at another provider`);
  }
}

function writeToolChoice(choice: ToolChoice, tools: readonly Tool[]): JsonValue {
  const named = (name: string): JsonObject => ({ type: tools.some((tool) => tool.type === "custom" && tool.name === name) ? "custom" : "function", name });
  switch (choice.type) {
    case "auto":
    case "none":
    case "required":
      return choice.type;
    case "tool":
      return named(choice.name);
    case "allowed":
      return { type: "allowed_tools", mode: choice.required ? "required" : "auto", tools: choice.names.map(named) };
  }
}

function writeFormat(format: ResponseFormat): JsonValue {
  if (format.type === "text") return { type: "text" };
  if (format.type === "json") return { type: "json_object" };
  return { type: "json_schema", name: format.name ?? "answer", description: format.description, schema: format.schema, strict: format.strict };
}
