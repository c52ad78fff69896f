// Hot path: every event of a translated stream from Cohere passes here.
/**
 * Decodes the events of Cohere's v2 chat. A text stays open until something else begins, since its citations may come after
 * Cohere has closed it.
 */
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { ContentBlocks } from "../decoding/content-blocks.ts";
import { jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { finishReason, readCitations } from "./answer.ts";
import { parseCohereError } from "./error.ts";
import { knownCohereAnswer } from "./known-answer.ts";
import { readUsage } from "./usage.ts";

interface StreamState {
  readonly context: DecodingContext;
  readonly blocks: ContentBlocks;
  started: boolean;
  /** Blocks of calls that are open, by Cohere's index. */
  readonly calls: Map<number, number>;
}

const stream: JsonStream<StreamState> = { known: knownCohereAnswer, step };

export function cohereStreamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, blocks: new ContentBlocks(), started: false, calls: new Map() });
}

/** What an answer may begin with. */
const beginnings: ReadonlySet<string> = new Set([
  "message-start", "content-start", "content-delta", "content-end", "tool-plan-delta", "tool-call-start", "tool-call-delta", "tool-call-end", "citation-start", "citation-end", "message-end",
]);

function step(state: StreamState, event: JsonObject, frame: Frame): readonly StreamEvent[] {
  const type = asText(event["type"]) ?? frame.event;
  // An error has no type.
  if (type === "") return [{ type: "error", error: parseCohereError(502, event) }];
  const events: StreamEvent[] = [];
  if (!state.started) {
    if (!beginnings.has(type)) return nothing;
    state.started = true;
    events.push({ type: "start", id: asText(event["id"]) });
  }
  readEvent(state, { type, event }, events);
  return events;
}

function readEvent(state: StreamState, { type, event }: { type: string; event: JsonObject }, events: StreamEvent[]): void {
  const message = asObject(asObject(event["delta"])?.["message"]);
  switch (type) {
    case "content-start":
    case "content-delta":
      return addContent(state, asObject(message?.["content"]) ?? {}, events);
    case "tool-plan-delta":
      return state.blocks.addText("text", asText(message?.["tool_plan"]) ?? "", events);
    case "tool-call-start":
    case "tool-call-delta":
      return addCall(state, asObject(message?.["tool_calls"]) ?? {}, { index: asNumber(event["index"]) ?? 0, events });
    case "tool-call-end":
      return endCall(state, asNumber(event["index"]) ?? 0, events);
    case "citation-start":
      return addCitations(state, message, events);
    case "message-end":
      return endMessage(state, event, events);
    default:
  }
}

function addContent({ blocks }: StreamState, content: JsonObject, events: StreamEvent[]): void {
  blocks.addText("reasoning", asText(content["thinking"]) ?? "", events);
  blocks.addText("text", asText(content["text"]) ?? "", events);
}

function addCall(state: StreamState, call: JsonObject, { index, events }: { index: number; events: StreamEvent[] }): void {
  const called = asObject(call["function"]);
  const name = asText(called?.["name"]);
  let block = state.calls.get(index);
  if (name !== undefined || block === undefined) {
    endCall(state, index, events);
    block = state.blocks.begin({ type: "tool-call", id: asText(call["id"]) ?? state.context.makeId("call_"), name: name ?? "" }, events);
    state.calls.set(index, block);
  }
  state.blocks.addArguments(block, asText(called?.["arguments"]) ?? "", events);
}

function endCall({ blocks, calls }: StreamState, index: number, events: StreamEvent[]): void {
  const block = calls.get(index);
  if (block !== undefined) blocks.end(block, events);
  calls.delete(index);
}

/** Of what was thought or planned nothing is cited towards a caller. */
function addCitations({ blocks }: StreamState, message: JsonObject | undefined, events: StreamEvent[]): void {
  const written = message?.["citations"];
  for (const citation of isObject(written) ? [written] : asObjects(written)) blocks.cite(readCitations(citation), events);
}

function endMessage(state: StreamState, event: JsonObject, events: StreamEvent[]): void {
  const delta = asObject(event["delta"]);
  const error = asText(delta?.["error"]);
  if (error !== undefined) return void events.push({ type: "error", error: parseCohereError(500, { message: error }) });
  state.blocks.endComplete(events);
  for (const index of state.calls.keys()) endCall(state, index, events);
  const usage = readUsage(asObject(delta?.["usage"]));
  if (usage) events.push({ type: "usage", usage });
  events.push({ type: "finish", choice: 0, reason: finishReason(asText(delta?.["finish_reason"]) ?? "") }, { type: "end" });
}
