/** Writes an answer as Ollama's chat has it, and as generate does. Durations are not known here, and are said to be none. */
import type { Answer, FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";

export interface Said {
  text: string;
  thinking: string;
  calls: JsonObject[];
  images: string[];
}

export function writeOllamaAnswer(answer: Answer, context: EncodingContext): JsonObject {
  const [choice] = answer.choices;
  return { ...writeHead(context, answer.createdAt), message: writeMessage(saidOf(choice?.parts ?? [])), ...writeEnd(choice?.finish, answer.usage), ...writeLogprobs(choice?.logprobs) };
}

export function writeGenerated(answer: Answer, context: EncodingContext): JsonObject {
  const [choice] = answer.choices;
  const { text, thinking } = saidOf(choice?.parts ?? []);
  return { ...writeHead(context, answer.createdAt), response: text, ...(thinking !== "" && { thinking }), ...writeEnd(choice?.finish, answer.usage), ...writeLogprobs(choice?.logprobs) };
}

export function writeHead({ model, nowSeconds }: EncodingContext, createdAt = nowSeconds): JsonObject {
  return { model, created_at: new Date(createdAt * 1000).toISOString() };
}

export function writeMessage({ text, thinking, calls, images }: Said): JsonObject {
  return { role: "assistant", content: text, ...(thinking !== "" && { thinking }), ...(images.length > 0 && { images }), ...(calls.length > 0 && { tool_calls: calls }) };
}

export function writeEnd(reason: FinishReason | undefined, usage: Usage | undefined): JsonObject {
  return { done: true, done_reason: reason?.unified === "length" ? "length" : "stop", total_duration: 0, load_duration: 0, prompt_eval_count: usage?.inputTokens ?? 0, prompt_eval_duration: 0, eval_count: usage?.outputTokens ?? 0, eval_duration: 0 };
}

/** The entries stand at the top. */
export function writeLogprobs(logprobs: JsonValue | undefined): JsonDraft {
  const content = asObject(logprobs)?.["content"];
  return content === undefined ? {} : { logprobs: content };
}

export function writeCall({ id, name, text }: { id: string; name: string; text: string }): JsonObject {
  return { id, function: { name, arguments: parseArguments(text) ?? {} } };
}

function saidOf(parts: readonly AssistantPart[]): Said {
  const said: Said = { text: "", thinking: "", calls: [], images: [] };
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") said.text += part.text;
    else if (part.type === "audio") said.text += part.transcript ?? "";
    else if (part.type === "reasoning") said.thinking += part.text;
    else if (part.type === "tool-call") said.calls.push(writeCall({ id: part.id, name: part.name, text: part.arguments }));
    else if (part.type === "image" && part.source.type === "base64") said.images.push(part.source.data);
  }
  return said;
}
