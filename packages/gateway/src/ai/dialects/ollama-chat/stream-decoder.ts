// On the hot path: one step per chunk of an answer. Benchmark: streaming.
/** Decodes the lines of Ollama's answers: each is what is new, and the one with `done` is the last. There is one choice. */
import type { DecodingContext, StreamDecoder } from "../../conversation/dialect.ts";
import { asText, isObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { ContentBlocks } from "../decoding/content-blocks.ts";
import { jsonDecoder } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { finishReason, messageIn, readCalls, readIdentity, readImages, readLogprobs, readUsage } from "./answer.ts";
import { parseError } from "./error.ts";
import { knownOllamaAnswer } from "./known-answer.ts";

interface StreamState {
  readonly context: DecodingContext;
  readonly blocks: ContentBlocks;
  started: boolean;
  calledTools: boolean;
}

const stream: JsonStream<StreamState> = {
  known: knownOllamaAnswer,
  errorIn: (body) => (isObject(body) && body["error"] !== undefined ? parseError(500, body) : undefined),
  step,
};

export function streamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, blocks: new ContentBlocks(), started: false, calledTools: false });
}

function step(state: StreamState, body: JsonObject): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  if (!state.started) {
    state.started = true;
    events.push({ type: "start", ...readIdentity(body) });
  }
  const message = messageIn(body);
  if (message !== undefined) readMessage(state, message, events);
  const logprobs = readLogprobs(body);
  if (logprobs !== undefined) events.push({ type: "logprobs", choice: 0, logprobs });
  if (body["done"] === true) readEnd(state, body, events);
  return events;
}

function readMessage(state: StreamState, message: JsonObject, events: StreamEvent[]): void {
  const { blocks, context } = state;
  blocks.addText("reasoning", asText(message["thinking"]) ?? "", events);
  blocks.addText("text", asText(message["content"]) ?? "", events);
  if (message["images"] !== undefined) for (const part of readImages(message)) blocks.addPart(part, events);
  if (message["tool_calls"] === undefined) return;
  for (const call of readCalls(message, context)) {
    state.calledTools = true;
    blocks.addCall(call, events);
  }
}

function readEnd({ blocks, calledTools }: StreamState, body: JsonObject, events: StreamEvent[]): void {
  blocks.endComplete(events);
  const usage = readUsage(body);
  if (usage !== undefined) events.push({ type: "usage", usage });
  events.push({ type: "finish", choice: 0, reason: finishReason(asText(body["done_reason"]) ?? "", calledTools) });
  events.push({ type: "end" });
}
