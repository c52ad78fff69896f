import { list, object, string } from "../readings/reading.ts";
import type { JsonObject } from "../readings/reading.ts";
import { addPart, CallNumbers, emptySaying, jsonOrText, noteOthers, parametersOf, plainSchema, present, standardBase64 } from "./saying.ts";
import type { SaidPart, Saying } from "./saying.ts";

const sayable = [
  "model", "messages", "stream", "tools", "tool_choice", "max_tokens", "temperature", "top_p", "stop", "random_seed", "presence_penalty",
  "frequency_penalty", "n", "parallel_tool_calls", "logprobs", "top_logprobs", "response_format", "reasoning_effort",
];

export function readMistralRequest(body: unknown): Saying {
  const request = object(body);
  const saying = emptySaying();
  const calls = new CallNumbers();
  for (const message of list(request.messages).map(object)) readMessage(saying, message, calls);
  for (const tool of list(request.tools).map((item) => object(object(item).function))) {
    saying.tools.push({ name: string(tool.name), description: string(tool.description), parameters: parametersOf(tool.parameters) });
  }
  const choice = request.tool_choice;
  if (typeof choice === "string") saying.toolChoice = choice === "any" ? "required" : choice;
  else if (choice) saying.toolChoice = { only: [string(object(object(choice).function).name)] };
  readSettings(saying, request);
  noteOthers(saying, request, sayable);
  return saying;
}

function readMessage(saying: Saying, message: JsonObject, calls: CallNumbers): void {
  const parts = typeof message.content === "string" ? [{ type: "text", text: message.content }] : list(message.content).map(object);
  const text = parts.map((part) => string(part.text)).join("\n");
  if (message.role === "system") saying.system.push({ kind: "text", text });
  else if (message.role === "tool") addPart(saying, "user", { kind: "result", call: calls.answered(string(message.tool_call_id), string(message.name)), content: jsonOrText(text) });
  else {
    const role = message.role === "assistant" ? "assistant" : "user";
    for (const part of parts) addPart(saying, role, saidPart(part));
    for (const item of list(message.tool_calls).map(object)) {
      const called = object(item.function);
      const name = string(called.name);
      addPart(saying, role, { kind: "call", call: calls.called(string(item.id), name), name, arguments: jsonOrText(string(called.arguments)) });
    }
  }
}

function saidPart(part: JsonObject): SaidPart {
  if (part.type === "input_audio") return { kind: "audio", media: "audio", data: standardBase64(string(part.input_audio)) };
  if (part.type === "thinking") return { kind: "reasoning", text: list(part.thinking).map((chunk) => string(object(chunk).text)).join("") };
  if (part.type !== "image_url") return { kind: "text", text: string(part.text) };
  const url = string(part.image_url) || string(object(part.image_url).url);
  return { kind: "image", media: "url", data: url };
}

function readSettings(saying: Saying, request: JsonObject): void {
  const format = object(request.response_format);
  saying.settings = present({
    maxTokens: request.max_tokens as number | undefined,
    temperature: request.temperature as number | undefined,
    topP: request.top_p as number | undefined,
    stop: request.stop as string[] | undefined,
    seed: request.random_seed as number | undefined,
    presencePenalty: request.presence_penalty as number | undefined,
    frequencyPenalty: request.frequency_penalty as number | undefined,
    choices: request.n as number | undefined,
    parallelTools: request.parallel_tool_calls as boolean | undefined,
    logprobs: request.logprobs === true ? ((request.top_logprobs as number | undefined) ?? true) : undefined,
    format: format.type === "json_object" ? ("json" as const) : format.type === "json_schema" ? { schema: plainSchema(object(format.json_schema).schema) } : undefined,
    thinking: request.reasoning_effort as string | undefined,
  });
}
