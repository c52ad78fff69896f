/** Reads a messages request as a caller wrote it. Every wrong type is refused by name. */
import type { Conversation, Extension, Message, ReasoningSettings, ResponseFormat, SystemMessage } from "../../conversation/conversation.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import {
  optionalBoolean,
  optionalInteger,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  refuseParameter,
  requiredObject,
  requiredText,
  wrongType,
} from "../../conversation/parameters.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseTextBlocks } from "./parse-parts.ts";
import { parseParallel, parseToolChoice, parseTools } from "./parse-tools.ts";

/** Members that the conversation model has a place for. */
const modelled = new Set([
  "model", "messages", "system", "max_tokens", "stream", "stop_sequences", "temperature", "top_p", "top_k", "tools", "tool_choice", "metadata",
  "service_tier", "thinking", "output_config", "output_format",
]);

const modelledOutput = new Set(["effort", "format"]);

/** Members without a place there that change what the answer is; all others are hints. */
const changesAnswer = new Set(["mcp_servers", "container"]);

export function parseMessagesRequest(body: JsonObject): Conversation {
  return optionalInteger(body, "max_tokens") === undefined ? refuseParameter("invalid-request", "max_tokens", "max_tokens is missing; this API requires it") : parseCountedMessages(body);
}

/** What is only counted has no answer, and needs no bound for one. */
export function parseCountedMessages(body: JsonObject): Conversation {
  const maxTokens = optionalInteger(body, "max_tokens");
  if (maxTokens !== undefined && maxTokens < 1) refuseParameter("invalid-request", "max_tokens", `max_tokens has to be at least 1, and is ${maxTokens}`);
  return {
    dialect: "anthropic-messages",
    model: requiredText(body, "model"),
    messages: [...parseSystem(body), ...parseMessages(body)] satisfies Message[],
    stream: optionalBoolean(body, "stream") ?? false,
    tools: parseTools(body),
    toolChoice: parseToolChoice(body),
    parallelToolCalls: parseParallel(body),
    responseFormat: parseResponseFormat(body),
    maxOutputTokens: maxTokens,
    stop: parseStop(body),
    sampling: { temperature: optionalNumber(body, "temperature"), topP: optionalNumber(body, "top_p"), topK: optionalInteger(body, "top_k") },
    reasoning: parseReasoning(body),
    endUser: parseEndUser(body),
    serviceTier: parseServiceTier(body),
    extensions: parseExtensions(body),
  };
}

function parseSystem(body: JsonObject): SystemMessage[] {
  const system = body["system"] ?? undefined;
  if (system === undefined) return [];
  const parts = parseTextBlocks(system, "system");
  return parts.length === 0 ? [] : [{ role: "system", developer: false, parts }];
}

function parseStop(body: JsonObject): readonly string[] | undefined {
  return optionalList(body, "stop_sequences")?.map((item, index) => (typeof item === "string" ? item : wrongType(item, `stop_sequences[${index}]`, "a string")));
}

/** Adaptive thinking without an effort leaves all to the model, as saying nothing does elsewhere. */
function parseReasoning(body: JsonObject): ReasoningSettings | undefined {
  const thinking = optionalObject(body, "thinking");
  const output = optionalObject(body, "output_config");
  const effort = output && optionalText(output, "effort", "output_config");
  if (!thinking) return effort === undefined ? undefined : { effort };
  const type = requiredText(thinking, "type", "thinking");
  if (type === "disabled") return { effort: "none" };
  const display = optionalText(thinking, "display", "thinking");
  return { effort, budgetTokens: optionalInteger(thinking, "budget_tokens", "thinking"), visible: display === undefined ? undefined : display !== "omitted" };
}

/** `output_format` is what `output_config.format` was called before. */
function parseResponseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = asObject(optionalObject(body, "output_config")?.["format"]) ?? optionalObject(body, "output_format");
  if (!format) return undefined;
  const type = requiredText(format, "type", "output_config.format");
  if (type !== "json_schema") refuseParameter("invalid-request", "output_config.format.type", `output_config.format.type has to be json_schema, and is ${JSON.stringify(type)}`);
  return { type: "json-schema", schema: requiredObject(format, "schema", "output_config.format"), strict: true };
}

function parseEndUser(body: JsonObject): string | undefined {
  const metadata = optionalObject(body, "metadata");
  return metadata && optionalText(metadata, "user_id", "metadata");
}

function parseServiceTier(body: JsonObject): string | undefined {
  const tier = optionalText(body, "service_tier");
  return tier === "standard_only" ? "default" : tier;
}

function parseExtensions(body: JsonObject): Extension[] {
  const extensions: Extension[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (!modelled.has(name) && value !== undefined && value !== null) extensions.push({ name, value, effect: changesAnswer.has(name) ? "answer" : "hint" });
  }
  for (const [name, value] of Object.entries(optionalObject(body, "output_config") ?? {})) {
    if (!modelledOutput.has(name) && value !== undefined && value !== null) extensions.push({ name: `output_config.${name}`, value, effect: "hint" });
  }
  return extensions;
}
