// Hot path: every message of a translated stream from Bedrock passes here.
/**
 * Decodes ConverseStream. A text or a thought has no start of its own but its first delta. The reason comes before the
 * counts, so that it is held until these are there, or the bytes are over: then the answer ends.
 */
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import type { FinishReason } from "../../conversation/answer.ts";
import { asNumber, asObject, asText, firstMember, isList, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { readCitation, readFinish, readImage } from "./answer.ts";
import { exceptionIn } from "./error.ts";
import { knownConverseEvent } from "./known-answer.ts";
import { readRedacted, signatureOf } from "./reasoning.ts";
import { readUsage } from "./usage.ts";

type Open =
  | { kind: "open"; block: number }
  /** Comes whole at its end. */
  | { kind: "redacted"; data: string }
  | { kind: "native"; start: JsonObject; json: string; items: JsonValue[]; /** Of a picture. */ bytes: string };

interface StreamState {
  readonly context: DecodingContext;
  started: boolean;
  /** By Bedrock's index. */
  readonly open: Map<number, Open>;
  blocks: number;
  /** Held until the counts are there. */
  reason: FinishReason | null;
}

const stream: JsonStream<StreamState> = { known: knownConverseEvent, errorIn: exceptionIn, step, finish };

export function converseStreamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, started: false, open: new Map(), blocks: 0, reason: null });
}

/** Without the counts the answer is complete all the same, if its reason was there. */
function finish(state: StreamState): readonly StreamEvent[] {
  return state.started && state.reason ? end(state.reason) : nothing;
}

function step(state: StreamState, body: JsonObject, frame: Frame): readonly StreamEvent[] {
  switch (frame.event) {
    case "messageStart":
      return start(state);
    case "contentBlockStart":
      return [...start(state), ...startBlock(state, body)];
    case "contentBlockDelta":
      return state.started ? stepDelta(state, body) : [...start(state), ...stepDelta(state, body)];
    case "contentBlockStop":
      return stopBlock(state, asNumber(body["contentBlockIndex"]) ?? 0);
    case "messageStop":
      state.reason = readFinish(body);
      return closeAll(state);
    case "metadata":
      return stepMetadata(state, body);
    default:
      return nothing;
  }
}

function start(state: StreamState): readonly StreamEvent[] {
  if (state.started) return nothing;
  state.started = true;
  return [{ type: "start" }];
}

function startBlock(state: StreamState, body: JsonObject): readonly StreamEvent[] {
  const written = asObject(body["start"]) ?? {};
  const index = asNumber(body["contentBlockIndex"]) ?? 0;
  const toolUse = asObject(written["toolUse"]);
  if (toolUse && toolUse["type"] !== "server_tool_use") {
    const id = asText(toolUse["toolUseId"]) ?? state.context.makeId("tooluse_");
    return open(state, index, { type: "tool-call", id, name: asText(toolUse["name"]) ?? "" });
  }
  if (firstMember(written) !== undefined) state.open.set(index, { kind: "native", start: written, json: "", items: [], bytes: "" });
  return nothing;
}

function open(state: StreamState, index: number, content: BlockContent): StreamEvent[] {
  const block = state.blocks++;
  state.open.set(index, { kind: "open", block });
  return [{ type: "block-start", choice: 0, block, content }];
}

function stepDelta(state: StreamState, body: JsonObject): readonly StreamEvent[] {
  const index = asNumber(body["contentBlockIndex"]) ?? 0;
  const delta = asObject(body["delta"]) ?? {};
  const own = state.open.get(index);
  if (own?.kind === "native") return addNative(own, delta);
  const reasoning = asObject(delta["reasoningContent"]);
  const redacted = asText(reasoning?.["redactedContent"]);
  if (redacted !== undefined) return addRedacted(state, index, redacted);
  const isText = reasoning === undefined && asObject(delta["toolUse"]) === undefined;
  const events = own ? [] : open(state, index, reasoning ? { type: "reasoning" } : isText ? { type: "text" } : { type: "tool-call", id: state.context.makeId("tooluse_"), name: "" });
  const current = state.open.get(index);
  if (current?.kind === "open") addDelta(events, { block: current.block, delta, reasoning });
  return events;
}

function addDelta(events: StreamEvent[], { block, delta, reasoning }: { block: number; delta: JsonObject; reasoning: JsonObject | undefined }): void {
  const text = asText(delta["text"]) ?? asText(reasoning?.["text"]);
  if (text !== undefined) events.push({ type: "text-delta", choice: 0, block, text });
  const signature = asText(reasoning?.["signature"]);
  if (signature !== undefined) events.push({ type: "signature", choice: 0, block, signature: signatureOf(signature) });
  const json = asText(asObject(delta["toolUse"])?.["input"]);
  if (json !== undefined && json !== "") events.push({ type: "arguments-delta", choice: 0, block, json });
  const citation = asObject(delta["citation"]);
  if (citation) events.push({ type: "citation", choice: 0, block, citation: readCitation(citation) });
}

function addNative(own: Extract<Open, { kind: "native" }>, delta: JsonObject): readonly StreamEvent[] {
  own.json += asText(asObject(delta["toolUse"])?.["input"]) ?? "";
  const items = delta["toolResult"];
  if (isList(items)) own.items.push(...items);
  own.bytes += asText(asObject(asObject(delta["image"])?.["source"])?.["bytes"]) ?? "";
  return nothing;
}

function addRedacted(state: StreamState, index: number, data: string): readonly StreamEvent[] {
  const own = state.open.get(index);
  if (own?.kind === "redacted") own.data += data;
  else state.open.set(index, { kind: "redacted", data });
  return nothing;
}

function stopBlock(state: StreamState, index: number): StreamEvent[] {
  const own = state.open.get(index);
  if (!own) return [];
  state.open.delete(index);
  if (own.kind === "open") return [{ type: "block-end", choice: 0, block: own.block }];
  const block = state.blocks++;
  if (own.kind === "redacted") return [{ type: "part", choice: 0, block, part: { type: "reasoning", text: "", redacted: readRedacted(own.data) } }];
  const image = readImage(asObject(wholeNative(own)["image"]));
  if (image) return [{ type: "part", choice: 0, block, part: image }];
  return [{ type: "part", choice: 0, block, part: { type: "native", dialect: "bedrock-converse", kind: firstMember(own.start) ?? "", value: wholeNative(own) } }];
}

/** As an answer that was not streamed has it. */
function wholeNative({ start: written, json, items, bytes }: Extract<Open, { kind: "native" }>): JsonObject {
  const toolUse = asObject(written["toolUse"]);
  if (toolUse) return { toolUse: { ...toolUse, input: tryParseJson(json === "" ? "{}" : json) ?? json } };
  if (bytes !== "") return { image: { ...asObject(written["image"]), source: { bytes } } };
  const toolResult = asObject(written["toolResult"]);
  return toolResult ? { toolResult: { ...toolResult, content: items } } : written;
}

function closeAll(state: StreamState): StreamEvent[] {
  return [...state.open.keys()].flatMap((index) => stopBlock(state, index));
}

function stepMetadata(state: StreamState, body: JsonObject): readonly StreamEvent[] {
  const usage = asObject(body["usage"]);
  const events: StreamEvent[] = usage ? [{ type: "usage", usage: readUsage(usage, body["serviceTier"]) }] : [];
  return state.reason ? [...events, ...end(state.reason)] : events;
}

function end(reason: FinishReason): StreamEvent[] {
  return [{ type: "finish", choice: 0, reason }, { type: "end" }];
}
