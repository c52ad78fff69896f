import { list, object, string } from "../readings/reading.ts";
import type { JsonObject } from "../readings/reading.ts";
import { addPart, CallNumbers, emptySaying, jsonOrText, noteOthers, parametersOf, plainSchema, present, standardBase64 } from "./saying.ts";
import type { SaidPart, SaidText, Saying } from "./saying.ts";

const sayable = [
  "model", "max_tokens", "messages", "system", "tools", "tool_choice", "temperature", "top_p", "stop_sequences", "stream", "thinking",
  "output_format", "output_config", "metadata",
];

export function readAnthropicRequest(body: unknown): Saying {
  const request = object(body);
  const saying = emptySaying();
  saying.system = blocks(request.system).map((block) => text(block)).filter((part) => part.text !== "");
  const calls = new CallNumbers();
  for (const message of list(request.messages).map(object)) {
    const role = message.role === "assistant" ? "assistant" : "user";
    for (const block of blocks(message.content)) readBlock(saying, { block, role, calls });
  }
  for (const tool of list(request.tools).map(object)) readTool(saying, tool);
  readToolChoice(saying, object(request.tool_choice));
  readSettings(saying, request);
  noteOthers(saying, request, sayable);
  return saying;
}

/** A string is one block of text. */
function blocks(content: unknown): JsonObject[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : list(content).map(object);
}

function cacheOf(block: JsonObject): { cache?: string } {
  const control = object(block.cache_control);
  return control.type === "ephemeral" ? { cache: string(control.ttl) || "5m" } : {};
}

function text(block: JsonObject): SaidText {
  return { kind: "text", text: string(block.text), ...cacheOf(block) };
}

function readBlock(saying: Saying, { block, role, calls }: { block: JsonObject; role: "user" | "assistant"; calls: CallNumbers }): void {
  const said = saidPart(saying, block, calls);
  if (said === null) saying.unsayable.add(string(block.type));
  else addPart(saying, role, said);
}

function saidPart(saying: Saying, block: JsonObject, calls: CallNumbers): SaidPart | null {
  switch (string(block.type)) {
    case "text":
      return text(block);
    case "image":
      return { kind: "image", ...source(block), ...cacheOf(block) };
    case "document":
      if (object(block.citations).enabled) saying.unsayable.add("citations");
      return { kind: "file", ...source(block), ...(block.title ? { title: string(block.title) } : {}), ...cacheOf(block) };
    case "thinking":
      return { kind: "reasoning", text: string(block.thinking), signature: string(block.signature) };
    case "redacted_thinking":
      return { kind: "reasoning", text: "", redacted: string(block.data) };
    case "tool_use":
      return { kind: "call", call: calls.called(string(block.id), string(block.name)), name: string(block.name), arguments: block.input ?? {}, ...cacheOf(block) };
    case "tool_result":
      return result(block, calls);
    default:
      return null;
  }
}

function source(block: JsonObject): { media: string; data: string } {
  const from = object(block.source);
  if (from.type === "url") return { media: "url", data: string(from.url) };
  if (from.type === "text") return { media: "text/plain", data: Buffer.from(string(from.data)).toString("base64") };
  return { media: string(from.media_type), data: standardBase64(string(from.data)) };
}

function result(block: JsonObject, calls: CallNumbers): SaidPart {
  const parts = blocks(block.content);
  const images = parts.filter((part) => part.type === "image").map((part) => source(part).data);
  const said = parts.filter((part) => part.type === "text").map((part) => string(part.text)).join("\n");
  return { kind: "result", call: calls.answered(string(block.tool_use_id), ""), content: jsonOrText(said), ...(images.length > 0 ? { images } : {}), ...cacheOf(block) };
}

function readTool(saying: Saying, tool: JsonObject): void {
  if (tool.type !== undefined && tool.type !== "custom") saying.unsayable.add(string(tool.type));
  else {
    if (tool.defer_loading) saying.unsayable.add("defer_loading");
    saying.tools.push({ name: string(tool.name), description: string(tool.description), parameters: parametersOf(tool.input_schema), ...cacheOf(tool) });
  }
}

function readToolChoice(saying: Saying, choice: JsonObject): void {
  if (saying.tools.length === 0 && choice.type) saying.unsayable.add("tool_choice without tools");
  else if (choice.type === "any") saying.toolChoice = "required";
  else if (choice.type === "tool") saying.toolChoice = { only: [string(choice.name)] };
  else if (choice.type) saying.toolChoice = string(choice.type);
}

function readSettings(saying: Saying, request: JsonObject): void {
  const thinking = object(request.thinking);
  const format = object(request.output_format ?? object(request.output_config).format);
  const parallel = object(request.tool_choice).disable_parallel_tool_use;
  saying.settings = present({
    maxTokens: request.max_tokens as number | undefined,
    // With thinking, 1 is the only temperature there is, said or not.
    temperature: thinking.type !== undefined && request.temperature === 1 ? undefined : (request.temperature as number | undefined),
    topP: request.top_p as number | undefined,
    stop: request.stop_sequences as string[] | undefined,
    parallelTools: parallel === true ? false : undefined,
    format: format.type === "json_schema" ? { schema: plainSchema(format.schema) } : undefined,
    thinking: thinking.type === "enabled" ? (thinking.budget_tokens as number) : undefined,
    user: object(request.metadata).user_id as string | undefined,
  });
}
