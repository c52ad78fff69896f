// Hot path: every event of a stream from a responses provider passes here.
/**
 * Decodes a stream of response events. A content part of a message is a block, and so is a call and a piece of reasoning;
 * what else OpenAI's own tools do comes whole when its item is done.
 */
import { eventsOfParts } from "../../conversation/answer-events.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { broken, jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { parseFinish } from "./finish-reason.ts";
import { parseAnnotation } from "./citation.ts";
import { knownResponseEvent } from "./known-answer.ts";
import { callerOf, identityOf, parseItem, ranAtXai } from "./parse-answer.ts";
import { errorOfEvent, errorOfFailedResponse } from "./stream-error.ts";
import { parseUsage } from "./usage.ts";

interface ItemState {
  /** Blocks by the index of their content part; a call and a piece of reasoning have one, 0. */
  blocks: Map<number, number>;
  /** Something of it was given as a delta. */
  streamed: boolean;
  /** Its parts that have begun, and those of which something was given. */
  begun: Set<number>;
  said: Set<number>;
}

interface ResponsesStreamState {
  readonly context: DecodingContext;
  started: boolean;
  readonly items: Map<number, ItemState>;
  /** What is done: servers that do not stream all of an answer tell the rest with its end. */
  readonly done: Set<number>;
  nextBlock: number;
  calledTools: boolean;
}

function newItem(): ItemState {
  return { blocks: new Map(), streamed: false, begun: new Set(), said: new Set() };
}

const stream: JsonStream<ResponsesStreamState> = { known: knownResponseEvent, step };

export function responsesStreamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, started: false, items: new Map(), done: new Set(), nextBlock: 0, calledTools: false });
}

function step(state: ResponsesStreamState, event: JsonObject, frame: Frame): readonly StreamEvent[] {
  const type = asText(event["type"]) ?? frame.event;
  switch (type) {
    case "response.output_text.delta":
    case "response.refusal.delta":
      return stepText(state, event, asNumber(event["content_index"]) ?? 0);
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      return stepText(state, event, 0);
    case "response.reasoning_summary_part.added":
      return (asNumber(event["summary_index"]) ?? 0) > 0 ? stepText(state, { ...event, delta: "\n\n" }, 0) : nothing;
    case "response.function_call_arguments.delta":
    case "response.custom_tool_call_input.delta":
      return stepArguments(state, event);
    case "response.content_part.added":
      return startPart(state, event);
    case "response.output_text.done":
      return sayRest(state, event, asText(event["text"]));
    case "response.refusal.done":
      return sayRest(state, event, asText(event["refusal"]));
    case "response.content_part.done":
      return endBlock(state, event, asNumber(event["content_index"]) ?? 0);
    case "response.output_text.annotation.added":
      return stepAnnotation(state, event);
    case "response.output_item.added":
      return startItem(state, asObject(event["item"]) ?? {}, indexOf(event));
    case "response.output_item.done":
      return endItem(state, asObject(event["item"]) ?? {}, indexOf(event));
    default:
      return stepResponse(state, type, event);
  }
}

function stepResponse(state: ResponsesStreamState, type: string, event: JsonObject): readonly StreamEvent[] {
  const response = asObject(event["response"]) ?? {};
  switch (type) {
    case "response.created":
      state.started = true;
      return [{ type: "start", ...identityOf(response) }];
    case "response.queued":
    case "response.in_progress":
      // Where a stream is taken up late, it does not begin with the first.
      if (!state.started) return stepResponse(state, "response.created", event);
      return [{ type: "keep-alive" }];
    case "response.completed":
    case "response.incomplete":
      return endResponse(state, response);
    case "response.failed":
      return [{ type: "error", error: errorOfFailedResponse(response) }];
    case "error":
    case "":
      return [{ type: "error", error: errorOfEvent(event) }];
    default:
      return nothing;
  }
}

function endResponse(state: ResponsesStreamState, response: JsonObject): readonly StreamEvent[] {
  if (!state.started) return misplaced(response);
  const events: StreamEvent[] = [];
  for (const [index, item] of asObjects(response["output"]).entries()) if (!state.done.has(index)) events.push(...endItem(state, item, index));
  for (const item of state.items.values()) for (const block of item.blocks.values()) events.push({ type: "block-end", choice: 0, block });
  const usage = parseUsage(response["usage"], response["service_tier"]);
  if (usage) events.push({ type: "usage", usage });
  events.push({ type: "finish", choice: 0, reason: parseFinish(response, state.calledTools) }, { type: "end" });
  return events;
}

function indexOf(event: JsonObject): number {
  return asNumber(event["output_index"]) ?? 0;
}

/** What came before that which it belongs to. */
function misplaced(event: JsonObject): readonly StreamEvent[] {
  return broken("an event of the provider's stream is not understood", event);
}

function startItem(state: ResponsesStreamState, item: JsonObject, index: number): readonly StreamEvent[] {
  state.items.set(index, newItem());
  const type = asText(item["type"]);
  if ((type !== "function_call" && type !== "custom_tool_call") || ranAtXai(item)) return nothing;
  state.calledTools = true;
  const custom = type === "custom_tool_call" ? true : undefined;
  return startBlock(state, { index, part: 0 }, { type: "tool-call", id: asText(item["call_id"]) ?? "", name: asText(item["name"]) ?? "", custom, namespace: asText(item["namespace"]), own: callerOf(item) });
}

function startPart(state: ResponsesStreamState, event: JsonObject): readonly StreamEvent[] {
  const type = asObject(event["part"])?.["type"];
  if (type !== "output_text" && type !== "refusal") return nothing;
  return startBlock(state, { index: indexOf(event), part: asNumber(event["content_index"]) ?? 0 }, { type: type === "refusal" ? "refusal" : "text" });
}

function startBlock(state: ResponsesStreamState, place: { index: number; part: number }, content: BlockContent): readonly StreamEvent[] {
  const item = state.items.get(place.index) ?? newItem();
  state.items.set(place.index, item);
  const block = state.nextBlock++;
  item.begun.add(place.part);
  item.blocks.set(place.part, block);
  return [{ type: "block-start", choice: 0, block, content }];
}

/** Reasoning has no event of its own that starts a block, and not every server starts those of texts. */
function stepText(state: ResponsesStreamState, event: JsonObject, part: number): readonly StreamEvent[] {
  const index = indexOf(event);
  const text = asText(event["delta"]) ?? "";
  if (!state.started) return misplaced(event);
  const started = state.items.get(index)?.blocks.has(part) ? nothing : startBlock(state, { index, part }, { type: textTypeOf(asText(event["type"]) ?? "") });
  const item = state.items.get(index);
  const block = item?.blocks.get(part);
  if (!item || block === undefined) return misplaced(event);
  if (text === "") return started;
  item.streamed = true;
  item.said.add(part);
  return [...started, { type: "text-delta", choice: 0, block, text }];
}

function textTypeOf(type: string): "text" | "refusal" | "reasoning" {
  if (type.startsWith("response.reasoning")) return "reasoning";
  return type.startsWith("response.refusal") ? "refusal" : "text";
}

/** What is told whole and was not given in pieces. */
function sayRest(state: ResponsesStreamState, event: JsonObject, text: string | undefined): readonly StreamEvent[] {
  const part = asNumber(event["content_index"]) ?? 0;
  return text === undefined || state.items.get(indexOf(event))?.said.has(part) !== false ? nothing : stepText(state, { ...event, delta: text }, part);
}

function stepArguments(state: ResponsesStreamState, event: JsonObject): readonly StreamEvent[] {
  const item = state.items.get(indexOf(event));
  const block = item?.blocks.get(0);
  // What is told of a tool of the provider's own comes whole when it is done.
  if (item && block === undefined) return nothing;
  if (!item || block === undefined) return misplaced(event);
  const json = asText(event["delta"]) ?? "";
  if (json === "") return nothing;
  item.streamed = true;
  return [{ type: "arguments-delta", choice: 0, block, json }];
}

function stepAnnotation(state: ResponsesStreamState, event: JsonObject): readonly StreamEvent[] {
  const block = state.items.get(indexOf(event))?.blocks.get(asNumber(event["content_index"]) ?? 0);
  const raw = asObject(event["annotation"]);
  return block === undefined || !raw ? nothing : [{ type: "citation", choice: 0, block, citation: parseAnnotation(raw) }];
}

function endBlock(state: ResponsesStreamState, event: JsonObject, part: number): readonly StreamEvent[] {
  const item = state.items.get(indexOf(event));
  const block = item?.blocks.get(part);
  if (!item || block === undefined) return nothing;
  item.blocks.delete(part);
  const logprobs = asObjects(asObject(event["part"])?.["logprobs"]);
  const end: StreamEvent = { type: "block-end", choice: 0, block };
  return logprobs.length === 0 ? [end] : [{ type: "logprobs", choice: 0, logprobs: { content: logprobs, refusal: null } }, end];
}

function endItem(state: ResponsesStreamState, item: JsonObject, index: number): readonly StreamEvent[] {
  const known = state.items.get(index);
  const block = known?.blocks.get(0);
  state.items.delete(index);
  state.done.add(index);
  const type = asText(item["type"]) ?? "";
  if (type === "reasoning") return endReasoning(state, item, block);
  const parts = parseItem(item);
  if (type === "message") return endMessage(state, parts, known);
  const [part] = parts;
  if (part?.type !== "tool-call" || block === undefined) return unstreamed(state, parts);
  const end: StreamEvent = { type: "block-end", choice: 0, block };
  return known?.streamed || part.arguments === "" ? [end] : [{ type: "arguments-delta", choice: 0, block, json: part.arguments }, end];
}

function endMessage(state: ResponsesStreamState, parts: readonly AssistantPart[], known: ItemState | undefined): readonly StreamEvent[] {
  const ends = [...(known?.blocks.values() ?? [])].map((open): StreamEvent => ({ type: "block-end", choice: 0, block: open }));
  return [...ends, ...unstreamed(state, parts.filter((_part, index) => known?.begun.has(index) !== true))];
}

/** What comes whole. */
function unstreamed(state: ResponsesStreamState, parts: readonly AssistantPart[]): readonly StreamEvent[] {
  if (parts.some(({ type }) => type === "tool-call")) state.calledTools = true;
  const first = state.nextBlock;
  state.nextBlock += parts.length;
  return eventsOfParts(parts, first);
}

/** What is to be returned stands in the finished item; the one that was added may hold another version of it. */
function endReasoning(state: ResponsesStreamState, item: JsonObject, open: number | undefined): readonly StreamEvent[] {
  const [part] = parseItem(item);
  if (open === undefined && part?.type !== "reasoning") return part ? unstreamed(state, [part]) : nothing;
  const block = open ?? state.nextBlock++;
  const events: StreamEvent[] = open === undefined ? [{ type: "block-start", choice: 0, block, content: { type: "reasoning" } }] : [];
  if (part?.type === "reasoning") {
    if (open === undefined && part.text !== "") events.push({ type: "text-delta", choice: 0, block, text: part.text });
    if (part.signature) events.push({ type: "signature", choice: 0, block, signature: part.signature });
  }
  events.push({ type: "block-end", choice: 0, block });
  return events;
}
