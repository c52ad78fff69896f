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
  cite(reading, list(object(choice.message).annotations));
  for (const call of list(object(choice.message).tool_calls)) {
    const called = object(object(call).function);
    reading.toolCalls.push({ name: string(called.name), arguments: argumentsOf(string(called.arguments)), id: string(object(call).id) });
  }
  addLogprobs(reading, choice);
  reading.finish = string(choice.finish_reason) || null;
  addUsage(reading, object(completion));
  return reading;
}

/** All `chat.completion.chunk`s of a stream, in order. */
export function readChunks(chunks: readonly unknown[]): Reading {
  const reading = emptyReading();
  const calls: { name: string; text: string; id: string }[] = [];
  const annotations: unknown[] = [];
  for (const chunk of chunks) {
    const choice = object(list(object(chunk).choices)[0]);
    const delta = object(choice.delta);
    addMessage(reading, delta);
    annotations.push(...list(delta.annotations));
    addLogprobs(reading, choice);
    for (const call of list(delta.tool_calls)) addCall(calls, object(call));
    if (choice.finish_reason) reading.finish = string(choice.finish_reason);
    addUsage(reading, object(chunk));
  }
  cite(reading, annotations);
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
  for (const image of list(message.images)) reading.images.push(string(object(object(image).image_url).url).replace(/^data:[^,]*,/, ""));
}

/** Positions count in the whole text, so they are read when it is there. A file has no address and is quoted. */
function cite(reading: Reading, annotations: readonly unknown[]): void {
  for (const annotation of annotations) {
    const file = object(object(annotation).file_citation);
    if (file.filename !== undefined) {
      reading.citations.push({ url: "", title: string(file.filename), text: string(file.quote) });
      continue;
    }
    const citation = object(object(annotation).url_citation);
    const text = reading.text.slice(number(citation.start_index), number(citation.end_index));
    reading.citations.push({ url: string(citation.url), title: string(citation.title), text });
  }
}

function addLogprobs(reading: Reading, choice: JsonObject): void {
  for (const token of list(object(choice.logprobs).content).map(object)) reading.logprobs.push({ token: string(token.token), logprob: number(token.logprob) });
}

function addUsage(reading: Reading, answer: JsonObject): void {
  const usage = object(answer.usage ?? object(answer.x_groq).usage);
  if (usage.prompt_tokens === undefined) return;
  const thought = number(object(usage.completion_tokens_details).reasoning_tokens);
  // xAI counts reasoning beside the completion, as its total shows.
  const isBeside = thought > 0 && number(usage.total_tokens) === number(usage.prompt_tokens) + number(usage.completion_tokens) + thought;
  reading.usage = {
    input: number(usage.prompt_tokens),
    output: number(usage.completion_tokens) + (isBeside ? thought : 0),
    cacheRead: number(object(usage.prompt_tokens_details).cached_tokens),
    reasoning: thought,
  };
}
