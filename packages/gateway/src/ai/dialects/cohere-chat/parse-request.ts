/** Reads a request to Cohere's v2 chat as a caller wrote it. */
import type { Conversation, Extension, ReasoningSettings, ResponseFormat, Tool, ToolChoice } from "../../conversation/conversation.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalBoolean, optionalInteger, optionalList, optionalNumber, optionalObject, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";
import { parseMessages } from "./parse-messages.ts";

/** Members that the conversation model has a place for. */
const modelled = new Set(["model", "messages", "stream", "tools", "tool_choice", "strict_tools", "response_format", "max_tokens", "stop_sequences", "temperature", "p", "k", "seed", "presence_penalty", "frequency_penalty", "logprobs", "thinking"]);
/** Members without a place there that change what the answer is; all others are hints. */
const changesAnswer = new Set(["documents", "safety_mode"]);

export function parseCohereRequest(body: JsonObject): Conversation {
  const isStrict = optionalBoolean(body, "strict_tools");
  return {
    dialect: "cohere-chat",
    model: requiredText(body, "model"),
    messages: parseMessages(body),
    stream: optionalBoolean(body, "stream") ?? false,
    tools: (optionalList(body, "tools") ?? []).map((item, index) => parseTool(item, { at: `tools[${index}]`, isStrict })),
    toolChoice: parseToolChoice(body),
    responseFormat: parseFormat(body),
    maxOutputTokens: optionalInteger(body, "max_tokens"),
    stop: optionalList(body, "stop_sequences")?.map((item, index) => (typeof item === "string" ? item : wrongType(item, `stop_sequences[${index}]`, "a string"))),
    sampling: {
      temperature: optionalNumber(body, "temperature"), topP: optionalNumber(body, "p"), topK: optionalInteger(body, "k") || undefined, seed: optionalInteger(body, "seed"),
      presencePenalty: optionalNumber(body, "presence_penalty"), frequencyPenalty: optionalNumber(body, "frequency_penalty"),
    },
    reasoning: parseThinking(body),
    logprobs: optionalBoolean(body, "logprobs") ? {} : undefined,
    extensions: parseExtensions(body),
  };
}

function parseTool(item: JsonValue, { at, isStrict }: { at: string; isStrict: boolean | undefined }): Tool {
  const described = requiredObject(itemObject(item, at), "function", at);
  return { type: "function", name: requiredText(described, "name", `${at}.function`), description: optionalText(described, "description", `${at}.function`), parameters: optionalObject(described, "parameters", `${at}.function`), strict: isStrict };
}

function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = optionalText(body, "tool_choice")?.toUpperCase();
  if (choice === undefined) return undefined;
  if (choice === "REQUIRED") return { type: "required" };
  return choice === "NONE" ? { type: "none" } : refuseParameter("invalid-request", "tool_choice", "tool_choice has to be REQUIRED or NONE");
}

function parseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = optionalObject(body, "response_format");
  if (!format) return undefined;
  if (requiredText(format, "type", "response_format") === "text") return { type: "text" };
  const schema = optionalObject(format, "json_schema", "response_format") ?? optionalObject(format, "schema", "response_format");
  return schema ? { type: "json-schema", schema } : { type: "json" };
}

/** Enabled without a budget is what Cohere's reasoning models do anyway. */
function parseThinking(body: JsonObject): ReasoningSettings | undefined {
  const thinking = optionalObject(body, "thinking");
  if (!thinking) return undefined;
  if (thinking["type"] === "disabled") return { effort: "none" };
  const budgetTokens = optionalInteger(thinking, "token_budget", "thinking");
  return budgetTokens === undefined ? { effort: "medium" } : { budgetTokens };
}

function parseExtensions(body: JsonObject): Extension[] {
  return Object.entries(body).flatMap(([name, value]): Extension[] => (modelled.has(name) || value === undefined || value === null ? [] : [{ name, value, effect: changesAnswer.has(name) ? "answer" : "hint" }]));
}
