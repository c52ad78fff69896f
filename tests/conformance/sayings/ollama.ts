import { list, object, string } from "../readings/reading.ts";
import type { JsonObject } from "../readings/reading.ts";
import { addPart, CallNumbers, emptySaying, jsonOrText, noteOthers, parametersOf, plainSchema, present, standardBase64 } from "./saying.ts";
import type { Saying } from "./saying.ts";

export function readOllamaRequest(body: unknown): Saying {
  const request = object(body);
  const saying = emptySaying();
  const calls = new CallNumbers();
  for (const message of list(request.messages).map(object)) readMessage(saying, message, calls);
  for (const tool of list(request.tools).map((item) => object(object(item).function))) {
    saying.tools.push({ name: string(tool.name), description: string(tool.description), parameters: parametersOf(tool.parameters) });
  }
  readSettings(saying, request);
  noteOthers(saying, request, ["model", "messages", "stream", "tools", "options", "format", "think"]);
  noteOthers(saying, object(request.options), ["num_predict", "temperature", "top_p", "stop", "seed"]);
  return saying;
}

function readMessage(saying: Saying, message: JsonObject, calls: CallNumbers): void {
  const content = string(message.content);
  if (message.role === "system") saying.system.push({ kind: "text", text: content });
  else if (message.role === "tool") {
    const call = calls.answered(string(message.tool_call_id), string(message.tool_name));
    addPart(saying, "user", { kind: "result", call, content: jsonOrText(content) });
  } else {
    const role = message.role === "assistant" ? "assistant" : "user";
    if (message.thinking) addPart(saying, role, { kind: "reasoning", text: string(message.thinking) });
    addPart(saying, role, { kind: "text", text: content });
    for (const image of list(message.images)) addPart(saying, role, { kind: "image", media: "image/png", data: standardBase64(string(image)) });
    for (const item of list(message.tool_calls).map(object)) {
      const called = object(item.function);
      const name = string(called.name);
      addPart(saying, role, { kind: "call", call: calls.called(string(item.id), name), name, arguments: called.arguments ?? {} });
    }
  }
}

function readSettings(saying: Saying, request: JsonObject): void {
  const options = object(request.options);
  const format = request.format === "" ? undefined : request.format;
  saying.settings = present({
    maxTokens: options.num_predict as number | undefined,
    temperature: options.temperature as number | undefined,
    topP: options.top_p as number | undefined,
    stop: options.stop as string[] | undefined,
    seed: options.seed as number | undefined,
    format: format === undefined ? undefined : format === "json" ? ("json" as const) : { schema: plainSchema(format) },
    thinking: request.think === false ? "none" : request.think === true ? "medium" : (request.think as string | undefined),
  });
}
