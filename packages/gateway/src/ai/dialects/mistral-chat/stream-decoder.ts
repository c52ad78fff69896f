// On the hot path: one step per chunk of an answer. Benchmark: streaming.
/** Decodes the chunks of Mistral's chat completions. Servers that speak as Mistral interleave calls. */
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { InterleavedCalls } from "../decoding/interleaved-calls.ts";
import { jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { readIdentity } from "./answer.ts";
import { readContent } from "./content.ts";
import type { ReadChunk } from "./content.ts";
import { errorInside, isError } from "./error.ts";
import { finishReason } from "./finish-reason.ts";
import { knownMistralAnswer } from "./known-answer.ts";
import { readCall } from "./tool-call.ts";
import { readUsage } from "./usage.ts";

interface StreamState {
  readonly context: DecodingContext;
  started: boolean;
  /** By their index. */
  readonly choices: Map<number, ChoiceState>;
}

interface ChoiceState {
  readonly blocks: InterleavedCalls;
  finished: boolean;
}

const stream: JsonStream<StreamState> = { known: knownMistralAnswer, errorIn, step, done: end, finish };

export function streamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, started: false, choices: new Map() });
}

function errorIn(body: JsonValue | undefined, frame: Frame): ProviderError | undefined {
  return isObject(body) && (isError(body) || frame.event === "error") ? errorInside(body) : undefined;
}

/** `[DONE]` ends it; without, it was a clean end if every choice that was asked for has given its reason. */
function finish(state: StreamState): readonly StreamEvent[] {
  const choices = [...state.choices.values()];
  return choices.length >= (state.context.choiceCount ?? 1) && choices.every(({ finished }) => finished) ? end(state) : nothing;
}

function end(state: StreamState): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  for (const { blocks } of state.choices.values()) blocks.endAll(events);
  events.push({ type: "end" });
  return events;
}

function step(state: StreamState, body: JsonObject): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  if (!state.started) {
    if (asText(body["id"]) === undefined && asObjects(body["choices"]).length === 0) return events;
    state.started = true;
    events.push({ type: "start", ...readIdentity(body) });
  }
  readChunk(state, body, events);
  return events;
}

/** Usage comes with the last chunk, and before the finish here, so that it is known when the answer ends. */
function readChunk(state: StreamState, body: JsonObject, events: StreamEvent[]): void {
  const choices = asObjects(body["choices"]);
  for (const written of choices) readDelta(choiceOf(state, written).blocks, asObject(written["delta"]) ?? {}, events);
  const usage = asObject(body["usage"]);
  if (usage !== undefined) events.push({ type: "usage", usage: readUsage(usage, body["service_tier"]) });
  for (const written of choices) {
    const choice = choiceOf(state, written);
    if (isObject(written["logprobs"])) events.push({ type: "logprobs", choice: choice.blocks.choice, logprobs: written["logprobs"] });
    const raw = asText(written["finish_reason"]);
    if (raw !== undefined) finishChoice(choice, raw, events);
  }
}

function choiceOf(state: StreamState, written: JsonObject): ChoiceState {
  const index = asNumber(written["index"]) ?? 0;
  const known = state.choices.get(index);
  if (known) return known;
  const choice: ChoiceState = { blocks: new InterleavedCalls(index, state.context), finished: false };
  state.choices.set(index, choice);
  return choice;
}

function finishChoice(choice: ChoiceState, raw: string, events: StreamEvent[]): void {
  if (choice.finished) return;
  choice.finished = true;
  choice.blocks.endAll(events);
  events.push({ type: "finish", choice: choice.blocks.choice, reason: finishReason(raw) });
}

function readDelta(blocks: InterleavedCalls, delta: JsonObject, events: StreamEvent[]): void {
  for (const read of readContent(delta["content"])) addContent(blocks, read, events);
  for (const [position, written] of asObjects(delta["tool_calls"]).entries()) {
    const { id, name, arguments: json } = readCall(written);
    blocks.addCallPiece({ index: asNumber(written["index"]) ?? position, id, name, json }, events);
  }
}

function addContent(blocks: InterleavedCalls, read: ReadChunk, events: StreamEvent[]): void {
  if ("citations" in read) return blocks.cite(read.citations, events);
  const { part } = read;
  if (part.type !== "text" && part.type !== "reasoning") return blocks.addPart(part, events);
  blocks.addText(part.type, part.text, events);
  if (part.type === "reasoning" && part.signature) blocks.sign(part.type, part.signature, events);
}
