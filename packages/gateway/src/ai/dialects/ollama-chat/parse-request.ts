/** Reads requests of callers to Ollama's chat and generate. Settings stand in a bag of options, of which the common ones have a place in the model. */
import type { Conversation, Extension, Message, ReasoningSettings, ResponseFormat, Tool } from "../../conversation/conversation.ts";
import { isList, isObject } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalBoolean, optionalInteger, optionalList, optionalNumber, optionalObject, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";
import { parseImages, parseMessages } from "./parse-messages.ts";

const modelled = new Set(["model", "messages", "prompt", "system", "images", "stream", "tools", "format", "options", "think", "logprobs", "top_logprobs"]);
const modelledOptions = new Set(["num_predict", "stop", "temperature", "top_p", "top_k", "min_p", "seed", "presence_penalty", "frequency_penalty"]);
/** How the prompt is made of a text, which chat endpoints decide for themselves. */
const ofGenerateOnly = ["suffix", "template", "raw", "context"];

const at = "options";

export function parseChatRequest(body: JsonObject): Conversation {
  return parseRequest(body, parseMessages(body));
}

/** One text is one turn of the user's. */
export function parseGenerateRequest(body: JsonObject): Conversation {
  for (const name of ofGenerateOnly) if (body[name]) refuseParameter("unsupported-parameter", name, `${name} is not taken here: models are asked through chats`);
  const messages: Message[] = [];
  const system = optionalText(body, "system");
  if (system) messages.push({ role: "system", developer: false, parts: [{ type: "text", text: system }] });
  messages.push({ role: "user", parts: [{ type: "text", text: requiredText(body, "prompt") }, ...parseImages(body, "")] });
  return parseRequest(body, messages);
}

function parseRequest(body: JsonObject, messages: readonly Message[]): Conversation {
  const options = optionalObject(body, at) ?? {};
  // Ollama has numbers below 1 for no limit.
  const limit = optionalInteger(options, "num_predict", at);
  return {
    dialect: "ollama-chat",
    model: requiredText(body, "model"),
    messages,
    stream: optionalBoolean(body, "stream") ?? true,
    tools: (optionalList(body, "tools") ?? []).map((item, index) => parseTool(item, `tools[${index}]`)),
    responseFormat: parseFormat(body["format"] ?? null),
    maxOutputTokens: limit !== undefined && limit < 1 ? undefined : limit,
    stop: parseStop(options["stop"] ?? null),
    sampling: {
      temperature: optionalNumber(options, "temperature", at), topP: optionalNumber(options, "top_p", at), topK: optionalInteger(options, "top_k", at), minP: optionalNumber(options, "min_p", at), seed: optionalInteger(options, "seed", at),
      presencePenalty: optionalNumber(options, "presence_penalty", at), frequencyPenalty: optionalNumber(options, "frequency_penalty", at),
    },
    reasoning: parseThink(body["think"] ?? null),
    logprobs: optionalBoolean(body, "logprobs") ? { top: optionalInteger(body, "top_logprobs") } : undefined,
    extensions: parseExtensions(body, options),
  };
}

function parseTool(item: JsonValue, path: string): Tool {
  const tool = itemObject(item, path);
  const described = requiredObject(tool, "function", path);
  return { type: "function", name: requiredText(described, "name", `${path}.function`), description: optionalText(described, "description", `${path}.function`), parameters: optionalObject(described, "parameters", `${path}.function`) };
}

function parseFormat(format: JsonValue): ResponseFormat | undefined {
  if (format === null || format === "") return undefined;
  if (format === "json") return { type: "json" };
  return isObject(format) ? { type: "json-schema", schema: format } : wrongType(format, "format", '"json" or a JSON schema');
}

function parseStop(stop: JsonValue): readonly string[] | undefined {
  if (stop === null) return undefined;
  if (typeof stop === "string") return [stop];
  if (!isList(stop)) return wrongType(stop, `${at}.stop`, "a string or a list of strings");
  return stop.map((item, index) => (typeof item === "string" ? item : wrongType(item, `${at}.stop[${index}]`, "a string")));
}

/** Yes without a level leaves the amount to the model, so that it is what is usual. */
function parseThink(think: JsonValue): ReasoningSettings | undefined {
  if (think === null) return undefined;
  if (typeof think === "boolean") return think ? { effort: "medium", visible: true } : { effort: "none" };
  return typeof think === "string" ? { effort: think, visible: true } : wrongType(think, "think", "true, false or a level");
}

/** Options that only Ollama has are hints: they are about how its own server runs the model. */
function parseExtensions(body: JsonObject, options: JsonObject): Extension[] {
  const extensions: Extension[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (!modelled.has(name) && value !== undefined && value !== null) extensions.push({ name, value, effect: "hint" });
  }
  const rest: JsonDraft = {};
  for (const [name, value] of Object.entries(options)) if (!modelledOptions.has(name) && value !== undefined && value !== null) rest[name] = value;
  if (Object.keys(rest).length > 0) extensions.push({ name: at, value: rest, effect: "hint" });
  return extensions;
}
