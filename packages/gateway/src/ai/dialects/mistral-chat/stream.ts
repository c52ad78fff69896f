// On the hot path: one step per chunk of an answer. Benchmark: streaming.
import type { AssistantPart } from "../../conversation/content.ts";
import { decoderOf } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { readIdentity } from "./answer.ts";
import { readContent } from "./content.ts";
import type { ReadChunk } from "./content.ts";
import { errorInside, isError } from "./error.ts";
import { finishReason } from "./finish-reason.ts";
import { knownMistralAnswer } from "./known-answer.ts";
import { readCall } from "./tool-call.ts";
import type { ReadCall } from "./tool-call.ts";
import { readUsage } from "./usage.ts";

export interface StreamState {
  readonly context: DecodingContext;
  phase: "before" | "running" | "over";
  /** By their index. */
  readonly choices: Map<number, ChoiceState>;
}

interface OpenCall {
  /** Null until its name is complete, as it is where arguments begin. */
  block: number | null;
  id: string;
  name: string;
  json: string;
}

interface ChoiceState {
  readonly index: number;
  blocks: number;
  /** The block of text or thoughts that is open; null between them. */
  open: { type: "text" | "reasoning"; block: number } | null;
  /** Calls that are open, by their index: servers that speak as Mistral interleave them. */
  readonly calls: Map<number, OpenCall>;
  finished: boolean;
}

export function streamDecoder(context: DecodingContext): StreamDecoder {
  return decoderOf<StreamState>({ context, phase: "before", choices: new Map() }, step, finish);
}

/** `[DONE]` ends it; without, it was a clean end if every choice has given its reason. */
function finish(state: StreamState): readonly StreamEvent[] {
  const choices = [...state.choices.values()];
  return choices.length > 0 && choices.every(({ finished }) => finished) && state.phase === "running" ? ended(state) : [];
}

function ended(state: StreamState): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  for (const choice of state.choices.values()) closeAll(choice, events);
  return [...events, ...over(state, { type: "end" })];
}

export function step(state: StreamState, frame: Frame): readonly StreamEvent[] {
  if (state.phase === "over" || frame.data === "") return [];
  if (frame.data === "[DONE]") return ended(state);
  const body = tryParseJson(frame.data);
  if (!isObject(body)) return over(state, { type: "error", error: brokenAnswer("Mistral's stream holds something that is not a JSON object", frame.data) });
  if (isError(body) || frame.event === "error") return over(state, { type: "error", error: errorInside(body) });
  if (state.context.unknown) findUnknown(body, knownMistralAnswer, state.context.unknown);
  const events: StreamEvent[] = [];
  if (state.phase === "before") {
    if (asText(body["id"]) === undefined && asObjects(body["choices"]).length === 0) return events;
    state.phase = "running";
    events.push({ type: "start", ...readIdentity(body) });
  }
  readChunk(state, body, events);
  return events;
}

function over(state: StreamState, last: StreamEvent): readonly StreamEvent[] {
  state.phase = "over";
  return [last];
}

/** Usage comes with the last chunk, and before the finish here, so that it is known when the answer ends. */
function readChunk(state: StreamState, body: JsonObject, events: StreamEvent[]): void {
  const choices = asObjects(body["choices"]);
  for (const written of choices) readDelta(choiceOf(state, written), { delta: asObject(written["delta"]) ?? {}, context: state.context, events });
  const usage = asObject(body["usage"]);
  if (usage !== undefined) events.push({ type: "usage", usage: readUsage(usage, body["service_tier"]) });
  for (const written of choices) {
    const choice = choiceOf(state, written);
    if (isObject(written["logprobs"])) events.push({ type: "logprobs", choice: choice.index, logprobs: written["logprobs"] });
    const raw = asText(written["finish_reason"]);
    if (raw !== undefined) finishChoice(choice, raw, events);
  }
}

function choiceOf(state: StreamState, written: JsonObject): ChoiceState {
  const index = asNumber(written["index"]) ?? 0;
  const known = state.choices.get(index);
  if (known) return known;
  const choice: ChoiceState = { index, blocks: 0, open: null, calls: new Map(), finished: false };
  state.choices.set(index, choice);
  return choice;
}

function finishChoice(choice: ChoiceState, raw: string, events: StreamEvent[]): void {
  if (choice.finished) return;
  choice.finished = true;
  closeAll(choice, events);
  events.push({ type: "finish", choice: choice.index, reason: finishReason(raw) });
}

interface Chunk {
  delta: JsonObject;
  context: DecodingContext;
  events: StreamEvent[];
}

function readDelta(choice: ChoiceState, chunk: Chunk): void {
  for (const read of readContent(chunk.delta["content"])) addContent(choice, read, chunk.events);
  asObjects(chunk.delta["tool_calls"]).forEach((written, position) => {
    addCall(choice, { ...readCall(written), index: asNumber(written["index"]) ?? position }, chunk);
  });
}

function addContent(choice: ChoiceState, read: ReadChunk, events: StreamEvent[]): void {
  if ("citations" in read) {
    const open = choice.open?.type === "text" ? choice.open : openText(choice, "text", events);
    for (const citation of read.citations) events.push({ type: "citation", choice: choice.index, block: open.block, citation });
    return;
  }
  const { part } = read;
  if (part.type === "text" || part.type === "reasoning") return addText(choice, part, events);
  closeComplete(choice, events);
  events.push({ type: "part", choice: choice.index, block: choice.blocks++, part });
}

function addText(choice: ChoiceState, part: Extract<AssistantPart, { type: "text" | "reasoning" }>, events: StreamEvent[]): void {
  const signature = part.type === "reasoning" ? part.signature : undefined;
  if (part.text === "" && !signature) return;
  const open = choice.open?.type === part.type ? choice.open : openText(choice, part.type, events);
  if (part.text !== "") events.push({ type: "text-delta", choice: choice.index, block: open.block, text: part.text });
  if (signature) events.push({ type: "signature", choice: choice.index, block: open.block, signature });
}

function openText(choice: ChoiceState, type: "text" | "reasoning", events: StreamEvent[]): NonNullable<ChoiceState["open"]> {
  for (const call of choice.calls.values()) begin(choice, call, events);
  closeComplete(choice, events);
  choice.open = { type, block: choice.blocks++ };
  events.push({ type: "block-start", choice: choice.index, block: choice.open.block, content: { type } });
  return choice.open;
}

/** The index may be 0 for every call: another id is another call, and so is another index. A name may come in pieces, or anew each time. */
function addCall(choice: ChoiceState, call: ReadCall & { index: number }, { context, events }: Chunk): void {
  let open = choice.calls.get(call.index);
  if (!open || (call.id !== undefined && call.id !== open.id)) {
    if (open) closeCall(choice, call.index, events);
    open = { block: null, id: call.id ?? context.makeId("call_"), name: "", json: "" };
    choice.calls.set(call.index, open);
  }
  if (open.block === null && open.name !== call.name) open.name += call.name;
  if (call.arguments === "") return;
  const block = begin(choice, open, events);
  open.json += call.arguments;
  events.push({ type: "arguments-delta", choice: choice.index, block, json: call.arguments });
}

/** After those that were named before it. */
function begin(choice: ChoiceState, open: OpenCall, events: StreamEvent[]): number {
  if (open.block !== null) return open.block;
  for (const other of choice.calls.values()) {
    if (other === open) break;
    begin(choice, other, events);
  }
  closeComplete(choice, events);
  open.block = choice.blocks++;
  events.push({ type: "block-start", choice: choice.index, block: open.block, content: { type: "tool-call", id: open.id, name: open.name } });
  return open.block;
}

/** Ends what is open, but for calls whose arguments go on. */
function closeComplete(choice: ChoiceState, events: StreamEvent[]): void {
  if (choice.open) events.push({ type: "block-end", choice: choice.index, block: choice.open.block });
  choice.open = null;
  for (const [index, { block, json }] of choice.calls) if (block !== null && tryParseJson(json) !== undefined) closeCall(choice, index, events);
}

function closeCall(choice: ChoiceState, index: number, events: StreamEvent[]): void {
  const open = choice.calls.get(index);
  if (open) events.push({ type: "block-end", choice: choice.index, block: begin(choice, open, events) });
  choice.calls.delete(index);
}

function closeAll(choice: ChoiceState, events: StreamEvent[]): void {
  closeComplete(choice, events);
  for (const index of choice.calls.keys()) closeCall(choice, index, events);
}
