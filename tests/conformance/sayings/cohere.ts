import { list, object, string } from "../readings/reading.ts";
import type { JsonObject } from "../readings/reading.ts";
import { addPart, CallNumbers, emptySaying, jsonOrText, noteOthers, parametersOf, plainSchema, present } from "./saying.ts";
import type { SaidPart, Saying } from "./saying.ts";

const sayable = [
  "model", "messages", "stream", "tools", "tool_choice", "max_tokens", "temperature", "p", "stop_sequences", "seed", "presence_penalty", "frequency_penalty",
  "response_format", "thinking", "documents",
];

export function readCohereRequest(body: unknown): Saying {
  const request = object(body);
  const saying = emptySaying();
  const calls = new CallNumbers();
  for (const message of list(request.messages).map(object)) readMessage(saying, message, calls);
  for (const tool of list(request.tools).map((item) => object(object(item).function))) {
    saying.tools.push({ name: string(tool.name), description: string(tool.description), parameters: parametersOf(tool.parameters) });
  }
  if (request.tool_choice === "REQUIRED") saying.toolChoice = "required";
  if (request.tool_choice === "NONE") saying.toolChoice = "none";
  if (list(request.documents).length > 0) saying.unsayable.add("documents");
  readSettings(saying, request);
  noteOthers(saying, request, sayable);
  return saying;
}

function readMessage(saying: Saying, message: JsonObject, calls: CallNumbers): void {
  const parts = typeof message.content === "string" ? [{ type: "text", text: message.content }] : list(message.content).map(object);
  const text = parts.map((part) => string(part.text) || documentText(object(part.document))).join("\n");
  if (message.role === "system") saying.system.push({ kind: "text", text });
  else if (message.role === "tool") addPart(saying, "user", { kind: "result", call: calls.answered(string(message.tool_call_id), ""), content: jsonOrText(text) });
  else {
    const role = message.role === "assistant" ? "assistant" : "user";
    for (const part of parts) addPart(saying, role, saidPart(part));
    if (message.tool_plan) addPart(saying, role, { kind: "text", text: string(message.tool_plan) });
    for (const item of list(message.tool_calls).map(object)) {
      const called = object(item.function);
      addPart(saying, role, { kind: "call", call: calls.called(string(item.id), string(called.name)), name: string(called.name), arguments: jsonOrText(string(called.arguments)) });
    }
  }
}

/** A result as a document is said as its data. */
function documentText(document: JsonObject): string {
  if (document.data === undefined) return "";
  return typeof document.data === "string" ? document.data : JSON.stringify(document.data);
}

function saidPart(part: JsonObject): SaidPart {
  if (part.type === "thinking") return { kind: "reasoning", text: string(part.thinking) };
  if (part.type !== "image_url") return { kind: "text", text: string(part.text) };
  return { kind: "image", media: "url", data: string(object(part.image_url).url) };
}

function readSettings(saying: Saying, request: JsonObject): void {
  const format = object(request.response_format);
  const thinking = object(request.thinking);
  const schema = format.json_schema ?? format.schema;
  saying.settings = present({
    maxTokens: request.max_tokens as number | undefined,
    temperature: request.temperature as number | undefined,
    topP: request.p as number | undefined,
    stop: request.stop_sequences as string[] | undefined,
    seed: request.seed as number | undefined,
    presencePenalty: request.presence_penalty as number | undefined,
    frequencyPenalty: request.frequency_penalty as number | undefined,
    format: format.type !== "json_object" ? undefined : schema === undefined ? ("json" as const) : { schema: plainSchema(schema) },
    thinking: thinking.type === "enabled" ? (thinking.token_budget as number) : undefined,
  });
}
