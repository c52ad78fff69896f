// Hot path: every event of a stream from a messages provider passes here.
/**
 * Decodes a stream of message events: message_start, blocks, message_delta, message_stop. Usage is cumulative: members of
 * message_delta correct those of message_start. Blocks that only this dialect knows are put together and given whole.
 */
import type { DecodingContext, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { broken, jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { parseMessagesError } from "./errors.ts";
import { parseStopReason } from "./finish-reason.ts";
import { knownMessageEvent } from "./known-answer.ts";
import { callerOf, parseBlock, parseCitation } from "./parse-blocks.ts";
import { parseMessagesUsage } from "./usage.ts";

interface BlockState {
  block: number;
  kind: "text" | "reasoning" | "tool-call" | "whole";
  /** As its start had it, with the pieces that came since where it is given whole. */
  start: JsonObject;
  /** Arguments so far. */
  json: string;
}

interface MessagesStreamState {
  readonly context: DecodingContext;
  started: boolean;
  readonly blocks: Map<number, BlockState>;
  nextBlock: number;
  finished: boolean;
  usage: JsonDraft;
}

const stream: JsonStream<MessagesStreamState> = { known: knownMessageEvent, step };

export function messagesStreamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, started: false, blocks: new Map(), nextBlock: 0, finished: false, usage: {} });
}

function step(state: MessagesStreamState, event: JsonObject): readonly StreamEvent[] {
  switch (asText(event["type"]) ?? "") {
    case "content_block_delta":
      return stepDelta(state, event);
    case "message_start":
      return startMessage(state, event);
    case "content_block_start":
      return startBlock(state, event);
    case "content_block_stop":
      return stopBlock(state, event);
    case "message_delta":
      return stepMessage(state, event);
    case "message_stop":
      return stopMessage(state);
    case "ping":
      return [{ type: "keep-alive" }];
    case "error":
      return [{ type: "error", error: parseMessagesError(null, event) }];
    default:
      // New events may come at any time and are to be passed over, says the API's versioning policy.
      return nothing;
  }
}

function startMessage(state: MessagesStreamState, event: JsonObject): readonly StreamEvent[] {
  const message = asObject(event["message"]) ?? {};
  state.started = true;
  state.usage = { ...asObject(message["usage"]) };
  return [
    { type: "start", id: asText(message["id"]), model: asText(message["model"]), serviceTier: asText(state.usage["service_tier"]) },
    { type: "usage", usage: parseMessagesUsage(state.usage) },
  ];
}

function startBlock(state: MessagesStreamState, event: JsonObject): readonly StreamEvent[] {
  if (!state.started) return broken("a block of the provider's stream came before its message", event);
  const start = asObject(event["content_block"]) ?? {};
  const block = state.nextBlock++;
  const kind = blockKind(start);
  state.blocks.set(asNumber(event["index"]) ?? 0, { block, kind, start, json: "" });
  if (kind === "whole") return nothing;
  if (kind === "tool-call") {
    return [{ type: "block-start", choice: 0, block, content: { type: "tool-call", id: asText(start["id"]) ?? "", name: asText(start["name"]) ?? "", own: callerOf(start) } }];
  }
  const events: StreamEvent[] = [{ type: "block-start", choice: 0, block, content: { type: kind } }];
  const text = asText(start[kind === "text" ? "text" : "thinking"]);
  if (text) events.push({ type: "text-delta", choice: 0, block, text });
  return events;
}

function blockKind(start: JsonObject): BlockState["kind"] {
  if (start["type"] === "text") return "text";
  if (start["type"] === "thinking") return "reasoning";
  return start["type"] === "tool_use" ? "tool-call" : "whole";
}

function stepDelta(state: MessagesStreamState, event: JsonObject): readonly StreamEvent[] {
  const own = state.blocks.get(asNumber(event["index"]) ?? 0);
  const delta = asObject(event["delta"]);
  if (!own || !delta) return broken("a delta of the provider's stream belongs to no block", event);
  const { block } = own;
  switch (asText(delta["type"]) ?? "") {
    case "text_delta":
      return [{ type: "text-delta", choice: 0, block, text: asText(delta["text"]) ?? "" }];
    case "thinking_delta":
      return [{ type: "text-delta", choice: 0, block, text: asText(delta["thinking"]) ?? "" }];
    case "input_json_delta": {
      const json = asText(delta["partial_json"]) ?? "";
      own.json += json;
      return json === "" || own.kind !== "tool-call" ? nothing : [{ type: "arguments-delta", choice: 0, block, json }];
    }
    case "signature_delta":
      own.start = { ...own.start, signature: null };
      return [{ type: "signature", choice: 0, block, signature: { dialect: "anthropic-messages", value: asText(delta["signature"]) ?? "" } }];
    case "citations_delta":
      return [{ type: "citation", choice: 0, block, citation: parseCitation(asObject(delta["citation"]) ?? {}) }];
    default:
      if (own.kind === "whole") own.start = grown(own.start, delta);
      return nothing;
  }
}

/** A block that is given whole and comes in pieces, such as a compaction's summary: texts go on, anything else is what came last. */
function grown(start: JsonObject, { type: _type, ...piece }: JsonObject): JsonObject {
  const block: JsonDraft = { ...start };
  for (const [name, value] of Object.entries(piece)) {
    const said = block[name];
    if (value !== null) block[name] = typeof said === "string" && typeof value === "string" ? said + value : value;
  }
  return block;
}

function stopBlock(state: MessagesStreamState, event: JsonObject): readonly StreamEvent[] {
  const index = asNumber(event["index"]) ?? 0;
  const own = state.blocks.get(index);
  if (!own) return nothing;
  state.blocks.delete(index);
  const { block, start, json } = own;
  if (own.kind === "whole") {
    const whole = json === "" ? start : { ...start, input: tryParseJson(json) ?? json };
    return [{ type: "part", choice: 0, block, part: parseBlock(whole) }];
  }
  const end: StreamEvent = { type: "block-end", choice: 0, block };
  // Some servers send a thought whole, with the start.
  const signature = own.kind === "reasoning" ? asText(start["signature"]) : undefined;
  if (signature) return [{ type: "signature", choice: 0, block, signature: { dialect: "anthropic-messages", value: signature } }, end];
  // Compatible servers may send the input whole, with the start.
  const given = own.kind === "tool-call" && json === "" ? asObject(start["input"]) : undefined;
  if (!given || Object.keys(given).length === 0) return [end];
  return [{ type: "arguments-delta", choice: 0, block, json: JSON.stringify(given) }, end];
}

function stepMessage(state: MessagesStreamState, event: JsonObject): readonly StreamEvent[] {
  const usage = asObject(event["usage"]) ?? {};
  for (const [name, value] of Object.entries(usage)) if (value !== null) state.usage[name] = value;
  const events: StreamEvent[] = [{ type: "usage", usage: parseMessagesUsage(state.usage) }];
  const delta = asObject(event["delta"]) ?? {};
  if (asText(delta["stop_reason"]) === undefined || state.finished) return events;
  state.finished = true;
  events.push({ type: "finish", choice: 0, reason: parseStopReason(delta) });
  return events;
}

function stopMessage(state: MessagesStreamState): readonly StreamEvent[] {
  if (!state.finished) return broken("the provider's stream ended without a reason", null);
  const unended = [...state.blocks.keys()].flatMap((index) => stopBlock(state, { index }));
  return [...unended, { type: "end" }];
}
