// On the hot path: one step per chunk of an answer. Benchmark: streaming.
import { decoderOf } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { finishReason, messageIn, readCalls, readIdentity, readImages, readLogprobs, readUsage } from "./answer.ts";
import { parseError } from "./error.ts";
import { knownOllamaAnswer } from "./known-answer.ts";

/** Each line is what is new; the one with `done` is the last. There is one choice. */
export interface StreamState {
  readonly context: DecodingContext;
  phase: "before" | "running" | "over";
  blocks: number;
  /** What the block that is open holds; null between blocks. */
  open: "text" | "reasoning" | null;
  calledTools: boolean;
}

export function streamDecoder(context: DecodingContext): StreamDecoder {
  return decoderOf<StreamState>({ context, phase: "before", blocks: 0, open: null, calledTools: false }, step, () => []);
}

export function step(state: StreamState, frame: Frame): readonly StreamEvent[] {
  if (state.phase === "over" || frame.data === "") return [];
  const body = tryParseJson(frame.data);
  if (!isObject(body)) return fail(state, { type: "error", error: brokenAnswer("Ollama's stream holds a line that is not a JSON object", frame.data) });
  if (body["error"] !== undefined) return fail(state, { type: "error", error: parseError(500, body) });
  if (state.context.unknown) findUnknown(body, knownOllamaAnswer, state.context.unknown);
  const events: StreamEvent[] = [];
  if (state.phase === "before") {
    state.phase = "running";
    events.push({ type: "start", ...readIdentity(body) });
  }
  const message = messageIn(body);
  if (message !== undefined) readMessage(state, message, events);
  const logprobs = readLogprobs(body);
  if (logprobs !== undefined) events.push({ type: "logprobs", choice: 0, logprobs });
  if (body["done"] === true) readEnd(state, body, events);
  return events;
}

function fail(state: StreamState, error: StreamEvent): readonly StreamEvent[] {
  state.phase = "over";
  return [error];
}

function readMessage(state: StreamState, message: JsonObject, events: StreamEvent[]): void {
  addText(state, "reasoning", asText(message["thinking"]), events);
  addText(state, "text", asText(message["content"]), events);
  if (message["images"] !== undefined) {
    for (const part of readImages(message)) {
      closeBlock(state, events);
      events.push({ type: "part", choice: 0, block: state.blocks++, part });
    }
  }
  if (message["tool_calls"] !== undefined) addCalls(state, message, events);
}

function addText(state: StreamState, type: "text" | "reasoning", text: string | undefined, events: StreamEvent[]): void {
  if (text === undefined || text === "") return;
  if (state.open !== type) {
    closeBlock(state, events);
    state.open = type;
    events.push({ type: "block-start", choice: 0, block: state.blocks++, content: { type } });
  }
  events.push({ type: "text-delta", choice: 0, block: state.blocks - 1, text });
}

/** Calls come whole. */
function addCalls(state: StreamState, message: JsonObject, events: StreamEvent[]): void {
  for (const call of readCalls(message, state.context)) {
    closeBlock(state, events);
    state.calledTools = true;
    const block = state.blocks++;
    events.push({ type: "block-start", choice: 0, block, content: { type: "tool-call", id: call.id, name: call.name } });
    events.push({ type: "arguments-delta", choice: 0, block, json: call.arguments });
    events.push({ type: "block-end", choice: 0, block });
  }
}

function readEnd(state: StreamState, body: JsonObject, events: StreamEvent[]): void {
  state.phase = "over";
  closeBlock(state, events);
  const usage = readUsage(body);
  if (usage !== undefined) events.push({ type: "usage", usage });
  events.push({ type: "finish", choice: 0, reason: finishReason(asText(body["done_reason"]) ?? "", state.calledTools) });
  events.push({ type: "end" });
}

function closeBlock(state: StreamState, events: StreamEvent[]): void {
  if (state.open === null) return;
  state.open = null;
  events.push({ type: "block-end", choice: 0, block: state.blocks - 1 });
}
