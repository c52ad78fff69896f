/** Reads a chat completion request as a caller wrote it. Every wrong type is refused by name. */
import type { Conversation, Extension, ReasoningSettings, ResponseFormat, Sampling } from "../../conversation/conversation.ts";
import { asObject, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import {
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalText,
  refuseParameter,
  requiredObject,
  requiredText,
  wrongType,
} from "../../conversation/parameters.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseToolChoice, parseTools } from "./parse-tools.ts";

/** Members that the conversation model has a place for. */
const modelled = new Set([
  "model", "messages", "stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "response_format", "max_tokens",
  "max_completion_tokens", "stop", "n", "temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "seed", "logit_bias",
  "logprobs", "top_logprobs", "user", "metadata", "service_tier", "reasoning_effort", "reasoning", "thinking",
]);

/** Members without a place there that change what the answer is; all others are hints. */
const changesAnswer = new Set([
  "functions", "function_call", "modalities", "audio", "web_search_options", "plugins",
  // xAI's search and Perplexity's.
  "search_parameters", "search_domain_filter", "search_recency_filter", "search_after_date_filter", "search_before_date_filter",
  // What Azure's and other servers answer from, and what vLLM and llama.cpp hold an answer to.
  "data_sources", "documents", "structured_outputs", "guided_json", "guided_regex", "guided_choice", "guided_grammar", "grammar", "json_schema",
]);

export function parseChatRequest(body: JsonObject): Conversation {
  return {
    dialect: "openai-chat",
    model: requiredText(body, "model"),
    messages: parseMessages(body),
    stream: optionalBoolean(body, "stream") ?? false,
    tools: parseTools(body),
    toolChoice: parseToolChoice(body),
    parallelToolCalls: optionalBoolean(body, "parallel_tool_calls"),
    responseFormat: parseResponseFormat(body),
    maxOutputTokens: positive(optionalInteger(body, "max_completion_tokens"), "max_completion_tokens") ?? positive(optionalInteger(body, "max_tokens"), "max_tokens"),
    stop: parseStop(body),
    choiceCount: positive(optionalInteger(body, "n"), "n"),
    sampling: parseSampling(body),
    reasoning: parseReasoning(body),
    logprobs: optionalBoolean(body, "logprobs") ? { top: optionalInteger(body, "top_logprobs") } : undefined,
    endUser: optionalText(body, "user"),
    metadata: parseMetadata(body),
    serviceTier: optionalText(body, "service_tier"),
    extensions: parseExtensions(body),
  };
}

/** None of it is what an empty object says. */
function parseMetadata(body: JsonObject): JsonObject | undefined {
  const metadata = optionalObject(body, "metadata");
  return metadata && Object.keys(metadata).length > 0 ? metadata : undefined;
}

function parseSampling(body: JsonObject): Sampling {
  return {
    temperature: optionalNumber(body, "temperature"),
    topP: optionalNumber(body, "top_p"),
    topK: optionalInteger(body, "top_k"),
    minP: optionalNumber(body, "min_p"),
    presencePenalty: optionalNumber(body, "presence_penalty"),
    frequencyPenalty: optionalNumber(body, "frequency_penalty"),
    seed: optionalInteger(body, "seed"),
    logitBias: optionalObject(body, "logit_bias"),
  };
}

/** `reasoning_effort` is OpenAI's; `reasoning` and `thinking` are what compatible servers take for budgets. */
function parseReasoning(body: JsonObject): ReasoningSettings | undefined {
  const effort = optionalText(body, "reasoning_effort");
  const reasoning = optionalObject(body, "reasoning");
  const thinking = optionalObject(body, "thinking");
  if (effort === undefined && !reasoning && !thinking) return undefined;
  const budgetTokens = (reasoning && optionalInteger(reasoning, "max_tokens", "reasoning")) ?? (thinking && optionalInteger(thinking, "budget_tokens", "thinking"));
  const exclude = reasoning && optionalBoolean(reasoning, "exclude", "reasoning");
  return {
    effort: effort ?? (reasoning && optionalText(reasoning, "effort", "reasoning")) ?? (budgetTokens === undefined ? switchedEffort(reasoning, thinking) : undefined),
    budgetTokens,
    visible: exclude === undefined ? undefined : !exclude,
  };
}

/** What says on or off, and no more: OpenRouter's on is a medium effort. */
function switchedEffort(reasoning: JsonObject | undefined, thinking: JsonObject | undefined): string | undefined {
  if (reasoning?.["enabled"] === false || thinking?.["type"] === "disabled") return "none";
  return reasoning?.["enabled"] === true || thinking?.["type"] === "enabled" ? "medium" : undefined;
}

function parseResponseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = optionalObject(body, "response_format");
  if (!format) return undefined;
  const type = requiredText(format, "type", "response_format");
  if (type === "text") return { type: "text" };
  if (type === "json_object") return { type: "json" };
  if (type !== "json_schema") refuseParameter("invalid-request", "response_format.type", `response_format.type has to be text, json_object or json_schema, and is ${JSON.stringify(type)}`);
  const at = "response_format.json_schema";
  const schema = requiredObject(format, "json_schema", "response_format");
  return {
    type: "json-schema",
    name: optionalText(schema, "name", at),
    description: optionalText(schema, "description", at),
    schema: optionalObject(schema, "schema", at) ?? {},
    strict: optionalBoolean(schema, "strict", at),
  };
}

function parseStop(body: JsonObject): readonly string[] | undefined {
  const stop = body["stop"] ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === "string") return [stop];
  if (!isList(stop)) return wrongType(stop, "stop", "a string or a list of strings");
  return stop.map((item, index) => (typeof item === "string" ? item : wrongType(item, `stop[${index}]`, "a string")));
}

function positive(value: number | undefined, name: string): number | undefined {
  if (value !== undefined && value < 1) refuseParameter("invalid-request", name, `${name} has to be at least 1, and is ${value}`);
  return value;
}

function parseExtensions(body: JsonObject): Extension[] {
  const extensions: Extension[] = [];
  for (const name of Object.keys(body)) {
    const value = body[name];
    if (modelled.has(name) || value === undefined || saysNothing(name, value)) continue;
    extensions.push({ name, value, effect: changesAnswer.has(name) ? "answer" : "hint" });
  }
  return extensions;
}

/** A value that is the default, so that leaving it out loses nothing. */
function saysNothing(name: string, value: JsonValue): boolean {
  if (value === null) return true;
  if (name === "store") return value === false;
  if (name === "search_parameters") return asObject(value)?.["mode"] === "off";
  return name === "modalities" && isList(value) && value.length === 1 && value[0] === "text";
}
