import { argumentsOf, emptyReading, list, number, object, serverSentData, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

/** https://docs.mistral.ai/api, "finish_reason", in the words of OpenAI chat. */
const finishNames: Record<string, string> = { stop: "stop", length: "length", model_length: "length", tool_calls: "tool_calls", error: "stop" };

export function readMistral(response: RecordedResponse): Reading {
  const reading = emptyReading();
  for (const answer of response.text === undefined ? [object(response.body)] : serverSentData(response.text).map(object)) {
    const choice = object(list(answer.choices)[0]);
    const message = object(choice.message ?? choice.delta);
    addContent(reading, message.content);
    for (const call of list(message.tool_calls)) addCall(reading, object(call));
    const reason = string(choice.finish_reason);
    if (reason !== "") reading.finish = finishNames[reason] ?? reason;
    if (answer.usage) addUsage(reading, object(answer.usage));
  }
  return reading;
}

/** Content is a list of chunks where the model reasons or cites. */
function addContent(reading: Reading, content: unknown): void {
  reading.text += string(content);
  for (const chunk of list(content).map(object)) {
    if (chunk.type === "text") reading.text += string(chunk.text);
    if (chunk.type === "thinking") reading.reasoning += list(chunk.thinking).map((part) => string(object(part).text)).join("");
  }
}

/** Calls come whole, each with its id; the index may be 0 for all of them. */
function addCall(reading: Reading, call: JsonObject): void {
  const called = object(call.function);
  const written = called.arguments;
  reading.toolCalls.push({ name: string(called.name), arguments: typeof written === "string" ? argumentsOf(written) : written, id: string(call.id) });
}

/** What was heard is counted beside the prompt, where the total says so. */
function addUsage(reading: Reading, usage: JsonObject): void {
  const heard = number(object(usage.prompt_tokens_details).audio_tokens);
  const isBeside = number(usage.total_tokens) === number(usage.prompt_tokens) + heard + number(usage.completion_tokens);
  reading.usage = {
    input: number(usage.prompt_tokens) + (isBeside ? heard : 0),
    output: number(usage.completion_tokens),
    cacheRead: number(object(usage.prompt_tokens_details).cached_tokens) || number(usage.num_cached_tokens),
    reasoning: 0,
  };
}
