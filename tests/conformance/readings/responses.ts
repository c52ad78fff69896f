/** Responses: a provider's recorded bytes, whole or as a stream, whose last event holds the whole. */
import { argumentsOf, emptyReading, list, number, object, serverSentData, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

export function readResponses(response: RecordedResponse): Reading {
  if (response.text === undefined) return readResponse(response.body);
  const events = serverSentData(response.text).map(object);
  const last = events.find((event) => /^response\.(?:completed|incomplete)$/.test(string(event.type)));
  const reading = readResponse(last?.response);
  // Some recorders left the output out of the last event.
  if (list(object(last?.response).output).length > 0) return reading;
  for (const event of events) if (event.type === "response.output_item.done") addItem(reading, object(event.item));
  return settled(reading);
}

export function readResponse(value: unknown): Reading {
  const reading = emptyReading();
  const response = object(value);
  for (const item of list(response.output).map(object)) addItem(reading, item);
  const reason = string(object(response.incomplete_details).reason);
  reading.finish = reason === "max_output_tokens" ? "length" : reason === "content_filter" ? "content_filter" : "stop";
  const usage = object(response.usage);
  if (usage.input_tokens !== undefined) {
    reading.usage = {
      input: number(usage.input_tokens),
      output: number(usage.output_tokens),
      cacheRead: number(object(usage.input_tokens_details).cached_tokens),
      reasoning: number(object(usage.output_tokens_details).reasoning_tokens),
    };
  }
  return settled(reading);
}

function settled(reading: Reading): Reading {
  if (reading.toolCalls.length > 0 && reading.finish === "stop") reading.finish = "tool_calls";
  return reading;
}

function addItem(reading: Reading, item: JsonObject): void {
  if (item.type === "function_call") reading.toolCalls.push({ name: string(item.name), arguments: argumentsOf(string(item.arguments)), id: string(item.call_id) });
  if (item.type === "reasoning") reading.reasoning += [...list(item.summary), ...list(item.content)].map((part) => string(object(part).text)).join("\n\n");
  if (item.type === "image_generation_call" && string(item.result) !== "") reading.images.push(string(item.result));
  if (item.type === "message") for (const part of list(item.content).map(object)) addPart(reading, part);
}

function addPart(reading: Reading, part: JsonObject): void {
  for (const citation of list(part.annotations).map(object)) {
    // Without positions it holds for the whole text.
    const end = citation.end_index === undefined ? string(part.text).length : number(citation.end_index);
    // A document that has no address is quoted.
    const text = citation.url === undefined ? string(citation.quote) : string(part.text).slice(number(citation.start_index), end);
    reading.citations.push({ url: string(citation.url), title: string(citation.title) || string(citation.filename), text });
  }
  for (const token of list(part.logprobs).map(object)) reading.logprobs.push({ token: string(token.token), logprob: number(token.logprob) });
  reading.text += string(part.text);
  reading.refusal += string(part.refusal);
}
