/** Reads a responses request as a caller wrote it. Every wrong type is refused by name. */
import type { Conversation, Extension, ReasoningSettings, ResponseFormat } from "../../conversation/conversation.ts";
import { isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { optionalBoolean, optionalInteger, optionalNumber, optionalObject, optionalText, refuseParameter, requiredObject, requiredText } from "../../conversation/parameters.ts";
import { parseInput } from "./parse-input.ts";
import { parseToolChoice, parseTools } from "./parse-tools.ts";

/** Members that the conversation model has a place for. */
const modelled = new Set([
  "model", "input", "instructions", "stream", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens", "temperature", "top_p", "reasoning",
  "text", "user", "safety_identifier", "metadata", "service_tier", "top_logprobs", "stream_options",
]);

const modelledReasoning = new Set(["effort", "summary", "generate_summary"]);

/** Members without a place there that change what the answer is; all others are hints. */
const changesAnswer = new Set(["previous_response_id", "conversation", "prompt", "background"]);

export function parseResponsesRequest(body: JsonObject): Conversation {
  return {
    dialect: "openai-responses",
    model: requiredText(body, "model"),
    messages: parseInput(body),
    stream: optionalBoolean(body, "stream") ?? false,
    tools: parseTools(body),
    toolChoice: parseToolChoice(body),
    parallelToolCalls: optionalBoolean(body, "parallel_tool_calls"),
    responseFormat: parseFormat(body),
    maxOutputTokens: parseLimit(body),
    sampling: { temperature: optionalNumber(body, "temperature"), topP: optionalNumber(body, "top_p") },
    reasoning: parseReasoning(body),
    logprobs: parseLogprobs(body),
    endUser: optionalText(body, "user") ?? optionalText(body, "safety_identifier"),
    metadata: parseMetadata(body),
    serviceTier: optionalText(body, "service_tier"),
    extensions: parseExtensions(body),
  };
}

function parseLimit(body: JsonObject): number | undefined {
  const limit = optionalInteger(body, "max_output_tokens");
  if (limit !== undefined && limit < 1) refuseParameter("invalid-request", "max_output_tokens", `max_output_tokens has to be at least 1, and is ${limit}`);
  return limit;
}

/** SDKs send the empty object where nothing was set. */
function parseMetadata(body: JsonObject): JsonObject | undefined {
  const metadata = optionalObject(body, "metadata");
  return metadata && Object.keys(metadata).length > 0 ? metadata : undefined;
}

function parseReasoning(body: JsonObject): ReasoningSettings | undefined {
  const reasoning = optionalObject(body, "reasoning");
  if (!reasoning) return undefined;
  const effort = optionalText(reasoning, "effort", "reasoning");
  const summary = optionalText(reasoning, "summary", "reasoning") ?? optionalText(reasoning, "generate_summary", "reasoning");
  return effort === undefined && summary === undefined ? undefined : { effort, visible: summary === undefined ? undefined : true };
}

function parseFormat(body: JsonObject): ResponseFormat | undefined {
  const text = optionalObject(body, "text");
  const format = text && optionalObject(text, "format", "text");
  if (!format) return undefined;
  const at = "text.format";
  const type = requiredText(format, "type", at);
  if (type === "text") return { type };
  if (type === "json_object") return { type: "json" };
  if (type !== "json_schema") refuseParameter("invalid-request", `${at}.type`, `${at}.type has to be text, json_object or json_schema, and is ${JSON.stringify(type)}`);
  return {
    type: "json-schema",
    name: optionalText(format, "name", at),
    description: optionalText(format, "description", at),
    schema: requiredObject(format, "schema", at),
    strict: optionalBoolean(format, "strict", at),
  };
}

function parseLogprobs(body: JsonObject): Conversation["logprobs"] {
  const top = optionalInteger(body, "top_logprobs");
  const include = body["include"];
  const isIncluded = isList(include ?? null) && (include as readonly JsonValue[]).includes("message.output_text.logprobs");
  return isIncluded || (top !== undefined && top > 0) ? { top } : undefined;
}

function parseExtensions(body: JsonObject): Extension[] {
  const extensions: Extension[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (modelled.has(name) || value === undefined || saysNothing(name, value)) continue;
    extensions.push({ name, value, effect: changesAnswer.has(name) ? "answer" : "hint" });
  }
  const verbosity = optionalObject(body, "text")?.["verbosity"];
  if (typeof verbosity === "string" && verbosity !== "medium") extensions.push({ name: "text.verbosity", value: verbosity, effect: "hint" });
  for (const [name, value] of Object.entries(optionalObject(body, "reasoning") ?? {})) {
    if (!modelledReasoning.has(name) && value !== undefined && value !== null) extensions.push({ name: `reasoning.${name}`, value, effect: "hint" });
  }
  return extensions;
}

/** A value that is the default, or that every answer fulfils, so that leaving it out loses nothing. */
function saysNothing(name: string, value: JsonValue): boolean {
  // OpenAI keeps an answer unless told not to.
  if (name === "store") return value === null;
  return value === null || value === false || (name === "truncation" && value === "disabled");
}
