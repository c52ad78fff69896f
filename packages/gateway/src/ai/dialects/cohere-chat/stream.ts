// Hot path: every event of a translated stream from Cohere passes here.
/**
 * Decodes the events of Cohere's v2 chat. A text stays open until something else begins, since its citations may come after
 * Cohere has closed it.
 */
import { decoderOf } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { finishReason, readCitations } from "./answer.ts";
import { parseCohereError } from "./error.ts";
import { knownCohereAnswer } from "./known-answer.ts";
import { readUsage } from "./usage.ts";

interface StreamState {
  readonly context: DecodingContext;
  phase: "before" | "running" | "over";
  blocks: number;
  /** What the block that is open holds; null between blocks. */
  open: "text" | "reasoning" | null;
  /** Blocks of calls that are open, by Cohere's index. */
  readonly calls: Map<number, number>;
}

const nothing: readonly StreamEvent[] = [];

export function cohereStreamDecoder(context: DecodingContext): StreamDecoder {
  return decoderOf<StreamState>({ context, phase: "before", blocks: 0, open: null, calls: new Map() }, stepCohere, () => nothing);
}

/** What an answer may begin with; the empty one is an error without a type. */
const known: ReadonlySet<string> = new Set([
  "", "message-start", "content-start", "content-delta", "content-end", "tool-plan-delta", "tool-call-start", "tool-call-delta", "tool-call-end", "citation-start", "citation-end", "message-end",
]);

export function stepCohere(state: StreamState, frame: Frame): readonly StreamEvent[] {
  if (state.phase === "over" || frame.data === "" || frame.data === "[DONE]") return nothing;
  const event = tryParseJson(frame.data);
  if (!isObject(event)) return fail(state, { type: "error", error: brokenAnswer("Cohere's stream holds something that is not a JSON object", frame.data.slice(0, 500)) });
  if (state.context.unknown) findUnknown(event, knownCohereAnswer, state.context.unknown);
  const message = asObject(asObject(event["delta"])?.["message"]);
  const type = asText(event["type"]) ?? frame.event;
  const events: StreamEvent[] = [];
  if (state.phase === "before") {
    if (!known.has(type)) return nothing;
    state.phase = "running";
    events.push({ type: "start", id: asText(event["id"]) });
  }
  switch (type) {
    case "content-start":
    case "content-delta":
      addContent(state, asObject(message?.["content"]) ?? {}, events);
      return events;
    case "tool-plan-delta":
      addText(state, { type: "text", text: asText(message?.["tool_plan"]) ?? "" }, events);
      return events;
    case "tool-call-start":
    case "tool-call-delta":
      addCall(state, asObject(message?.["tool_calls"]) ?? {}, { index: asNumber(event["index"]) ?? 0, events });
      return events;
    case "tool-call-end":
      closeCall(state, asNumber(event["index"]) ?? 0, events);
      return events;
    case "citation-start":
      addCitations(state, message, events);
      return events;
    case "message-end":
      return [...events, ...endMessage(state, event)];
    case "":
      return fail(state, { type: "error", error: parseCohereError(502, event) });
    default:
      return events;
  }
}

function fail(state: StreamState, event: StreamEvent): readonly StreamEvent[] {
  state.phase = "over";
  return [event];
}

function addContent(state: StreamState, content: JsonObject, events: StreamEvent[]): void {
  const thinking = asText(content["thinking"]);
  if (thinking !== undefined) addText(state, { type: "reasoning", text: thinking }, events);
  const text = asText(content["text"]);
  if (text !== undefined) addText(state, { type: "text", text }, events);
}

function addText(state: StreamState, { type, text }: { type: "text" | "reasoning"; text: string }, events: StreamEvent[]): void {
  if (text === "") return;
  if (state.open !== type) open(state, { type }, events);
  events.push({ type: "text-delta", choice: 0, block: state.blocks - 1, text });
}

function addCall(state: StreamState, call: JsonObject, { index, events }: { index: number; events: StreamEvent[] }): void {
  const called = asObject(call["function"]);
  const name = asText(called?.["name"]);
  if (name !== undefined || !state.calls.has(index)) {
    close(state, events);
    closeCall(state, index, events);
    state.calls.set(index, state.blocks);
    events.push({ type: "block-start", choice: 0, block: state.blocks++, content: { type: "tool-call", id: asText(call["id"]) ?? state.context.makeId("call_"), name: name ?? "" } });
  }
  const json = asText(called?.["arguments"]) ?? "";
  if (json !== "") events.push({ type: "arguments-delta", choice: 0, block: state.calls.get(index) ?? 0, json });
}

function closeCall(state: StreamState, index: number, events: StreamEvent[]): void {
  const block = state.calls.get(index);
  if (block !== undefined) events.push({ type: "block-end", choice: 0, block });
  state.calls.delete(index);
}

/** Of what was thought or planned nothing is cited towards a caller. */
function addCitations(state: StreamState, message: JsonObject | undefined, events: StreamEvent[]): void {
  const written = message?.["citations"];
  for (const citation of isObject(written) ? [written] : asObjects(written)) {
    if (state.open !== "text") open(state, { type: "text" }, events);
    for (const each of readCitations(citation)) events.push({ type: "citation", choice: 0, block: state.blocks - 1, citation: each });
  }
}

function open(state: StreamState, content: BlockContent, events: StreamEvent[]): void {
  close(state, events);
  state.open = content.type === "reasoning" ? content.type : "text";
  events.push({ type: "block-start", choice: 0, block: state.blocks++, content });
}

function close(state: StreamState, events: StreamEvent[]): void {
  if (state.open) events.push({ type: "block-end", choice: 0, block: state.blocks - 1 });
  state.open = null;
}

function endMessage(state: StreamState, event: JsonObject): StreamEvent[] {
  state.phase = "over";
  const delta = asObject(event["delta"]);
  const error = asText(delta?.["error"]);
  if (error !== undefined) return [{ type: "error", error: parseCohereError(500, { message: error }) }];
  const events: StreamEvent[] = [];
  close(state, events);
  for (const index of state.calls.keys()) closeCall(state, index, events);
  const usage = readUsage(asObject(delta?.["usage"]));
  if (usage) events.push({ type: "usage", usage });
  events.push({ type: "finish", choice: 0, reason: finishReason(asText(delta?.["finish_reason"]) ?? "") }, { type: "end" });
  return events;
}
