/** Reads a generateContent request as a caller wrote it. The model stands in the path, and is put in front by the endpoint. */
import type { Conversation, Extension, ReasoningSettings, ResponseFormat } from "../../conversation/conversation.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { optionalBoolean, optionalInteger, optionalList, optionalNumber, optionalObject, optionalText, wrongType } from "../../conversation/parameters.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { camelCased, camelCasedMember } from "./member.ts";
import { parseContents } from "./parse-contents.ts";
import { parseToolChoice, parseTools } from "./parse-tools.ts";
import { plainSchema } from "./plain-schema.ts";

const modelled = new Set(["model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "stream"]);
const modelledConfig = new Set([
  "maxOutputTokens", "temperature", "topP", "topK", "presencePenalty", "frequencyPenalty", "seed", "stopSequences", "candidateCount",
  "responseMimeType", "responseSchema", "responseJsonSchema", "responseLogprobs", "logprobs", "thinkingConfig",
]);
/** Members without a place in the model that change what the answer is; all others are hints. */
const changesAnswer = new Set(["cachedContent", "responseModalities", "speechConfig", "imageConfig"]);

const at = "generationConfig";

export function parseGeminiRequest(request: JsonObject): Conversation {
  const outer = camelCased(request);
  // Who counts tokens of all of a request wraps it.
  const body = camelCasedMember(outer["generateContentRequest"]) ?? outer;
  const config = camelCased(optionalObject(body, at) ?? {});
  return {
    dialect: "gemini",
    model: optionalText(body, "model") ?? "",
    messages: parseContents(body),
    stream: false,
    tools: parseTools(body),
    toolChoice: parseToolChoice(body),
    responseFormat: parseFormat(config),
    maxOutputTokens: optionalInteger(config, "maxOutputTokens", at),
    stop: optionalList(config, "stopSequences", at)?.map((item, index) => (typeof item === "string" ? item : wrongType(item, `${at}.stopSequences[${index}]`, "a string"))),
    choiceCount: optionalInteger(config, "candidateCount", at),
    sampling: {
      temperature: optionalNumber(config, "temperature", at),
      topP: optionalNumber(config, "topP", at),
      topK: optionalNumber(config, "topK", at),
      presencePenalty: optionalNumber(config, "presencePenalty", at),
      frequencyPenalty: optionalNumber(config, "frequencyPenalty", at),
      seed: optionalInteger(config, "seed", at),
    },
    reasoning: parseThinking(config),
    logprobs: optionalBoolean(config, "responseLogprobs", at) ? { top: optionalInteger(config, "logprobs", at) } : undefined,
    extensions: parseExtensions(body, config),
  };
}

/** -1 leaves the amount to the model, as saying nothing does elsewhere. */
function parseThinking(config: JsonObject): ReasoningSettings | undefined {
  const written = optionalObject(config, "thinkingConfig", at);
  if (!written) return undefined;
  const thinking = camelCased(written);
  const budget = optionalInteger(thinking, "thinkingBudget", `${at}.thinkingConfig`);
  return {
    effort: optionalText(thinking, "thinkingLevel", `${at}.thinkingConfig`)?.toLowerCase().replace("thinking_level_unspecified", "medium"),
    budgetTokens: budget === -1 ? undefined : budget,
    visible: optionalBoolean(thinking, "includeThoughts", `${at}.thinkingConfig`),
  };
}

function parseFormat(config: JsonObject): ResponseFormat | undefined {
  const json = optionalObject(config, "responseJsonSchema", at);
  const subset = optionalObject(config, "responseSchema", at);
  if (json || subset) return { type: "json-schema", schema: json ?? plainSchema(subset ?? {}) };
  return optionalText(config, "responseMimeType", at) === "application/json" ? { type: "json" } : undefined;
}

function parseExtensions(body: JsonObject, config: JsonObject): Extension[] {
  const extensions: Extension[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (!modelled.has(name) && value !== undefined && value !== null) extensions.push({ name, value, effect: changesAnswer.has(name) ? "answer" : "hint" });
  }
  const toolConfig = restOfToolConfig(body);
  if (toolConfig) extensions.push({ name: "toolConfig", value: toolConfig, effect: "hint" });
  const rest: JsonDraft = {};
  for (const [name, value] of Object.entries(config)) if (!modelledConfig.has(name) && value !== undefined && value !== null && !saysNothing(name, value)) rest[name] = value;
  const names = Object.keys(rest);
  if (names.length > 0) extensions.push({ name: at, value: rest, effect: names.some((name) => changesAnswer.has(name)) ? "answer" : "hint" });
  return extensions;
}

const modelledToolConfig: ReadonlySet<string> = new Set(["functionCallingConfig"]);
const modelledCalling: ReadonlySet<string> = new Set(["mode", "allowedFunctionNames"]);

/** All but the choice among tools: places to search near, how arguments are streamed. */
function restOfToolConfig(body: JsonObject): JsonObject | undefined {
  const config = camelCasedMember(body["toolConfig"]);
  if (!config) return undefined;
  const calling = ownMembers("gemini", camelCasedMember(config["functionCallingConfig"]) ?? {}, modelledCalling);
  const beside = ownMembers("gemini", config, modelledToolConfig);
  return calling || beside ? { ...beside?.members, ...(calling && { functionCallingConfig: calling.members }) } : undefined;
}

function saysNothing(name: string, value: unknown): boolean {
  return name === "responseModalities" && JSON.stringify(value).toUpperCase() === '["TEXT"]';
}
