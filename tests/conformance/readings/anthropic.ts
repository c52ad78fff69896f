import { argumentsOf, emptyReading, list, number, object, serverSentData, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

/** https://docs.anthropic.com/en/api/messages, "stop_reason", in the words of OpenAI chat. */
const finishNames: Record<string, string> = {
  end_turn: "stop", stop_sequence: "stop", pause_turn: "stop", max_tokens: "length", model_context_window_exceeded: "length",
  tool_use: "tool_calls", refusal: "content_filter",
};

export function readAnthropic(response: RecordedResponse): Reading {
  const reading = emptyReading();
  const message = response.text === undefined ? object(response.body) : assemble(serverSentData(response.text).map(object));
  for (const block of list(message.content)) addBlock(reading, object(block));
  const reason = string(message.stop_reason);
  reading.finish = reason === "" ? null : (finishNames[reason] ?? reason);
  if (message.usage) addUsage(reading, object(message.usage));
  return reading;
}

/** A streamed message put together as the whole one would have been. */
function assemble(events: JsonObject[]): JsonObject {
  const message: JsonObject = {};
  const blocks: JsonObject[] = [];
  for (const event of events) {
    if (event.type === "message_start") Object.assign(message, event.message);
    else if (event.type === "content_block_start") blocks[number(event.index)] = { ...object(event.content_block), json: "" };
    else if (event.type === "content_block_delta") addDelta(blocks[number(event.index)] ?? {}, object(event.delta));
    else if (event.type === "message_delta") {
      Object.assign(message, event.delta);
      message.usage = { ...object(message.usage), ...object(event.usage) };
    }
  }
  return { ...message, content: blocks as never };
}

function addDelta(block: JsonObject, delta: JsonObject): void {
  if (delta.type === "text_delta") block.text = string(block.text) + string(delta.text);
  else if (delta.type === "thinking_delta") block.thinking = string(block.thinking) + string(delta.thinking);
  else if (delta.type === "citations_delta") block.citations = [...list(block.citations), delta.citation] as never;
  else if (delta.type === "input_json_delta") block.json = string(block.json) + string(delta.partial_json);
}

function addBlock(reading: Reading, block: JsonObject): void {
  if (block.type === "text") {
    reading.text += string(block.text);
    for (const citation of list(block.citations).map(object)) {
      // A page is cited for the block as a whole, a document by the words in it.
      const text = citation.url === undefined ? string(citation.cited_text) : string(block.text);
      reading.citations.push({ url: string(citation.url), title: string(citation.title) || string(citation.document_title), text });
    }
  }
  else if (block.type === "image") reading.images.push(string(object(block.source).data));
  else if (block.type === "thinking") reading.reasoning += string(block.thinking);
  else if (block.type === "tool_use") {
    const input = block.json ? argumentsOf(string(block.json)) : (block.input ?? {});
    reading.toolCalls.push({ name: string(block.name), arguments: input, id: string(block.id) });
  }
}

/** Anthropic's input count leaves cached tokens out, OpenAI's includes them. */
function addUsage(reading: Reading, usage: JsonObject): void {
  reading.usage = {
    input: number(usage.input_tokens) + number(usage.cache_read_input_tokens) + number(usage.cache_creation_input_tokens),
    output: number(usage.output_tokens),
    cacheRead: number(usage.cache_read_input_tokens),
    reasoning: number(object(usage.output_tokens_details).thinking_tokens),
  };
}
