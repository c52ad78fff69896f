import { argumentsOf, emptyReading, list, number, object, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, "stopReason", in the words of OpenAI chat. */
const finishNames: Record<string, string> = {
  end_turn: "stop", stop_sequence: "stop", max_tokens: "length", model_context_window_exceeded: "length", tool_use: "tool_calls",
  guardrail_intervened: "content_filter", content_filtered: "content_filter",
};

export function readBedrock(response: RecordedResponse): Reading {
  const reading = emptyReading();
  const answer = response.base64 === undefined ? object(response.body) : assemble(messagesOf(Buffer.from(response.base64, "base64")));
  for (const block of list(object(object(answer.output).message).content)) addBlock(reading, object(block));
  const reason = string(answer.stopReason);
  reading.finish = reason === "" ? null : (finishNames[reason] ?? reason);
  if (answer.usage) addUsage(reading, object(answer.usage));
  return reading;
}

interface Message {
  type: string;
  body: JsonObject;
}

/** Lengths and checksums are taken on trust: the gateway is what checks them. */
function messagesOf(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let position = 0; position < bytes.length; position += bytes.readUInt32BE(position)) {
    const headersEnd = position + 12 + bytes.readUInt32BE(position + 4);
    const name = bytes.indexOf(":event-type", position);
    // Behind the name: a byte for the type of the value, two for its length.
    const value = name + ":event-type".length + 3;
    const type = name === -1 || name > headersEnd ? "" : bytes.toString("latin1", value, value + bytes.readUInt16BE(value - 2));
    messages.push({ type, body: object(JSON.parse(bytes.toString("utf8", headersEnd, position + bytes.readUInt32BE(position) - 4))) });
  }
  return messages;
}

/** A streamed answer put together as the whole one would have been. */
function assemble(messages: Message[]): JsonObject {
  const answer: JsonObject = {};
  const blocks: JsonObject[] = [];
  for (const { type, body } of messages) {
    const index = number(body.contentBlockIndex);
    if (type === "contentBlockStart") blocks[index] = { ...object(body.start), json: "" };
    else if (type === "contentBlockDelta") addDelta((blocks[index] ??= {}), object(body.delta));
    else if (type === "messageStop") answer.stopReason = string(body.stopReason);
    else if (type === "metadata") answer.usage = body.usage;
  }
  return { ...answer, output: { message: { content: blocks } } } as never;
}

function addDelta(block: JsonObject, delta: JsonObject): void {
  const reasoning = object(delta.reasoningContent);
  if (delta.text !== undefined) block.text = string(block.text) + string(delta.text);
  if (delta.toolUse) block.json = string(block.json) + string(object(delta.toolUse).input);
  if (delta.citation) block.citations = [...list(block.citations), delta.citation] as never;
  if (reasoning.text !== undefined) block.reasoned = string(block.reasoned) + string(reasoning.text);
}

function addBlock(reading: Reading, block: JsonObject): void {
  const cited = object(block.citationsContent);
  const reasoning = object(object(block.reasoningContent).reasoningText);
  const toolUse = object(block.toolUse);
  reading.reasoning += string(block.reasoned) + string(reasoning.text);
  reading.text += string(block.text) + list(cited.content).map((piece) => string(object(piece).text)).join("");
  for (const citation of [...list(block.citations), ...list(cited.citations)].map(object)) {
    const text = list(citation.sourceContent).map((piece) => string(object(piece).text)).join("");
    reading.citations.push({ url: "", title: string(citation.title), text });
  }
  if (toolUse.name === undefined || toolUse.type === "server_tool_use") return;
  reading.toolCalls.push({ name: string(toolUse.name), arguments: block.json === undefined ? (toolUse.input ?? {}) : argumentsOf(string(block.json)), id: string(toolUse.toolUseId) });
}

/** Bedrock's input count leaves cached tokens out, OpenAI's includes them. */
function addUsage(reading: Reading, usage: JsonObject): void {
  const cacheRead = number(usage.cacheReadInputTokens);
  reading.usage = { input: number(usage.inputTokens) + cacheRead + number(usage.cacheWriteInputTokens), output: number(usage.outputTokens), cacheRead, reasoning: 0 };
}
