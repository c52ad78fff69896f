import { emptyReading, list, newlineDelimitedData, number, object, string } from "./reading.ts";
import type { Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

export function readOllama(response: RecordedResponse): Reading {
  const reading = emptyReading();
  for (const part of response.text === undefined ? [response.body] : newlineDelimitedData(response.text)) {
    const answer = object(part);
    const message = object(answer.message);
    reading.text += string(message.content);
    reading.reasoning += string(message.thinking);
    for (const call of list(message.tool_calls)) {
      const called = object(object(call).function);
      const id = string(object(call).id);
      reading.toolCalls.push({ name: string(called.name), arguments: called.arguments ?? {}, ...(id === "" ? {} : { id }) });
    }
    if (answer.done !== true) continue;
    reading.finish = string(answer.done_reason) || "stop";
    reading.usage = { input: number(answer.prompt_eval_count), output: number(answer.eval_count), cacheRead: 0, reasoning: 0 };
  }
  if (reading.toolCalls.length > 0 && reading.finish === "stop") reading.finish = "tool_calls";
  return reading;
}
