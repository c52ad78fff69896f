/** Chat completions: a provider's recorded bytes, and what the client got, which is the same form. */
import { argumentsOf, emptyReading, list, number, object, serverSentData, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

export function readOpenai(response: RecordedResponse): Reading {
  return response.text === undefined ? readCompletion(response.body) : readChunks(serverSentData(response.text));
}

/** A whole `chat.completion`. */
export function readCompletion(completion: unknown): Reading {
  const reading = emptyReading();
  const choice = object(list(object(completion).choices)[0]);
  addMessage(reading, object(choice.message));
  for (const call of list(object(choice.message).tool_calls)) {
    const called = object(object(call).function);
    reading.toolCalls.push({ name: string(called.name), arguments: argumentsOf(string(called.arguments)), id: string(object(call).id) });
  }
  reading.finish = string(choice.finish_reason) || null;
  addUsage(reading, object(completion));
  return reading;
}

/** All `chat.completion.chunk`s of a stream, in order. */
export function readChunks(chunks: readonly unknown[]): Reading {
  const reading = emptyReading();
  const calls: { name: string; text: string; id: string }[] = [];
  for (const chunk of chunks) {
    const choice = object(list(object(chunk).choices)[0]);
    const delta = object(choice.delta);
    addMessage(reading, delta);
    for (const call of list(delta.tool_calls)) addCall(calls, object(call));
    if (choice.finish_reason) reading.finish = string(choice.finish_reason);
    addUsage(reading, object(chunk));
  }
  reading.toolCalls = calls.filter(Boolean).map((call) => ({ name: call.name, arguments: argumentsOf(call.text), id: call.id }));
  return reading;
}

function addCall(calls: { name: string; text: string; id: string }[], delta: JsonObject): void {
  const called = object(delta.function);
  const call = (calls[number(delta.index)] ??= { name: "", text: "", id: "" });
  call.name += string(called.name);
  call.text += string(called.arguments);
  call.id ||= string(delta.id);
}

function addMessage(reading: Reading, message: JsonObject): void {
  reading.text += string(message.content);
  reading.reasoning += string(message.reasoning_content) || string(message.reasoning);
  reading.refusal += string(message.refusal);
}

function addUsage(reading: Reading, answer: JsonObject): void {
  const usage = object(answer.usage ?? object(answer.x_groq).usage);
  if (usage.prompt_tokens === undefined) return;
  reading.usage = {
    input: number(usage.prompt_tokens),
    output: number(usage.completion_tokens),
    cacheRead: number(object(usage.prompt_tokens_details).cached_tokens),
    reasoning: number(object(usage.completion_tokens_details).reasoning_tokens),
  };
}
