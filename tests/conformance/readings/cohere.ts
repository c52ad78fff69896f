import { argumentsOf, emptyReading, list, number, object, serverSentData, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

/** https://docs.cohere.com/reference/chat, "finish_reason", in the words of OpenAI chat. */
const finishNames: Record<string, string> = { COMPLETE: "stop", STOP_SEQUENCE: "stop", MAX_TOKENS: "length", TOOL_CALL: "tool_calls", ERROR: "stop", TIMEOUT: "stop" };

export function readCohere(response: RecordedResponse): Reading {
  const reading = emptyReading();
  const answer = response.text === undefined ? object(response.body) : assemble(serverSentData(response.text).map(object));
  const message = object(answer.message);
  for (const item of list(message.content).map(object)) {
    reading.text += string(item.text);
    reading.reasoning += string(item.thinking);
  }
  // What is planned is said before the calls.
  reading.text += string(message.tool_plan);
  for (const call of list(message.tool_calls).map(object)) {
    const called = object(call.function);
    reading.toolCalls.push({ name: string(called.name), arguments: argumentsOf(string(called.arguments)), id: string(call.id) });
  }
  for (const citation of list(message.citations).map(object)) cite(reading, citation);
  reading.finish = answer.finish_reason === undefined ? null : (finishNames[string(answer.finish_reason)] ?? string(answer.finish_reason));
  addUsage(reading, object(answer.usage));
  return reading;
}

/** What has no address is told as the name of its source and the words that are cited. */
function cite(reading: Reading, citation: JsonObject): void {
  for (const source of list(citation.sources).map(object)) {
    const document = object(source.document);
    const text = string(document.text) || string(document.snippet) || string(citation.text);
    reading.citations.push({ url: string(document.url), title: string(document.title) || string(source.id), text });
  }
}

/** A streamed answer put together as the whole one would have been. */
function assemble(events: JsonObject[]): JsonObject {
  const content: JsonObject[] = [];
  const calls: { id: string; function: { name: string; arguments: string } }[] = [];
  const citations: unknown[] = [];
  let plan = "";
  const end: JsonObject = {};
  for (const event of events) {
    const message = object(object(event.delta).message);
    const item = object(message.content);
    const call = object(message.tool_calls);
    if (event.type === "content-start") content[number(event.index)] = { text: string(item.text), thinking: string(item.thinking) };
    else if (event.type === "content-delta") extend(content[number(event.index)] ?? {}, item);
    else if (event.type === "tool-plan-delta") plan += string(message.tool_plan);
    else if (event.type === "tool-call-start") calls[number(event.index)] = { id: string(call.id), function: { name: string(object(call.function).name), arguments: string(object(call.function).arguments) } };
    else if (event.type === "tool-call-delta") (calls[number(event.index)] ?? { function: { arguments: "" } }).function.arguments += string(object(call.function).arguments);
    else if (event.type === "citation-start") citations.push(message.citations);
    else if (event.type === "message-end") Object.assign(end, event.delta);
  }
  return { ...end, message: { content, tool_plan: plan, tool_calls: calls.filter(Boolean), citations } as never };
}

function extend(item: JsonObject, delta: JsonObject): void {
  item.text = string(item.text) + string(delta.text);
  item.thinking = string(item.thinking) + string(delta.thinking);
}

/** What is billed; the cached tokens belong to another count, and are told where they can be a part of it. */
function addUsage(reading: Reading, usage: JsonObject): void {
  const billed = object(usage.billed_units);
  if (billed.input_tokens === undefined) return;
  const cached = number(usage.cached_tokens);
  const reasoning = number(object(usage.tokens).reasoning_tokens);
  reading.usage = { input: number(billed.input_tokens), output: number(billed.output_tokens), cacheRead: cached <= number(billed.input_tokens) ? cached : 0, reasoning: reasoning <= number(billed.output_tokens) ? reasoning : 0 };
}
