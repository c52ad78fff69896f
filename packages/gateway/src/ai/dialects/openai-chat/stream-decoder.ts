// Hot path: every chunk of a translated stream from a chat completions provider passes here.
/**
 * Decodes a stream of chat completion chunks. Text, reasoning and refusal are one open block at a time; a tool call stays
 * open until the next one begins and its own arguments are complete JSON, so that interleaved calls are not mixed up.
 */
import type { Usage } from "../../conversation/answer.ts";
import type { Citation } from "../../conversation/content.ts";
import { decoderOf } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, asTime, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { parseEmbeddedError } from "./errors.ts";
import { parseFinishReason } from "./finish-reason.ts";
import { knownChatAnswer } from "./known-answer.ts";
import { argumentsText, contentTexts, parseCitation, parseSources } from "./parse-answer.ts";
import { parseUrl } from "./parse-parts.ts";
import { parseDetail, signatureOf } from "./reasoning.ts";
import { parseUsage } from "./usage.ts";

interface ChoiceState {
  nextBlock: number;
  /** The open block of text, reasoning or refusal. */
  open: OpenText | null;
  /** Open tool calls by their index. */
  calls: Map<number, { block: number; id: string; arguments: string }>;
  finished: boolean;
  /** What is known of sound beside its samples. */
  audio: { transcript: string; id: string | undefined; expiresAt: number | undefined } | null;
}

interface OpenText {
  type: "text" | "reasoning" | "refusal";
  block: number;
}

export interface ChatStreamState {
  phase: "before" | "running" | "over";
  choices: Map<number, ChoiceState>;
  usage: Usage | undefined;
  context: DecodingContext;
  /** Perplexity tells them with every chunk, for the whole of the text. */
  sources: readonly Citation[];
}

export function chatStreamDecoder(context: DecodingContext): StreamDecoder {
  return decoderOf<ChatStreamState>({ phase: "before", choices: new Map(), usage: undefined, context, sources: [] }, stepChatStream, finishChatStream);
}

export function stepChatStream(state: ChatStreamState, frame: Frame): readonly StreamEvent[] {
  if (state.phase === "over") return [];
  if (frame.data === "[DONE]") return endStream(state);
  const chunk = tryParseJson(frame.data);
  if (!isObject(chunk)) return failStream(state, { type: "error", error: brokenAnswer("an event of the provider's stream is not JSON", frame.data.slice(0, 500)) });
  if ((chunk["error"] ?? null) !== null) return failStream(state, { type: "error", error: parseEmbeddedError(chunk) });
  if (frame.event === "error") return failStream(state, { type: "error", error: parseEmbeddedError({ error: chunk }) });
  if (state.context.unknown) findUnknown(chunk, knownChatAnswer, state.context.unknown);
  const events: StreamEvent[] = [];
  if (state.phase === "before") {
    if (!begins(chunk)) return events;
    events.push(startEvent(state, chunk));
  }
  if (chunk["citations"] || chunk["search_results"]) state.sources = parseSources(chunk);
  for (const choice of asObjects(chunk["choices"])) stepChoice(state, choice, events);
  const usage = parseUsage(chunk["usage"], chunk["service_tier"]);
  if (usage) events.push({ type: "usage", usage: (state.usage = usage) });
  return events;
}

/** Without [DONE] an end is clean where every choice had its finish reason: some servers leave the marker out. */
export function finishChatStream(state: ChatStreamState): readonly StreamEvent[] {
  if (state.phase !== "running" || state.choices.size === 0) return [];
  for (const choice of state.choices.values()) if (!choice.finished) return [];
  return endStream(state);
}

/** What comes before an answer begins, such as Azure's verdict on the prompt, does not say whose it is. */
function begins(chunk: JsonObject): boolean {
  return Boolean(asText(chunk["id"])) || asObjects(chunk["choices"]).length > 0 || asObject(chunk["usage"]) !== undefined;
}

function startEvent(state: ChatStreamState, chunk: JsonObject): StreamEvent {
  state.phase = "running";
  return {
    type: "start", id: asText(chunk["id"]), model: asText(chunk["model"]), createdAt: asTime(chunk["created"]),
    serviceTier: asText(chunk["service_tier"]), systemFingerprint: asText(chunk["system_fingerprint"]),
  };
}

function endStream(state: ChatStreamState): readonly StreamEvent[] {
  if (state.phase === "before") return failStream(state, { type: "error", error: brokenAnswer("the provider's stream ended before it began") });
  state.phase = "over";
  const events: StreamEvent[] = [];
  for (const [index, choice] of state.choices) closeBlocks(choice, index, events);
  events.push({ type: "end" });
  return events;
}

function failStream(state: ChatStreamState, error: StreamEvent): readonly StreamEvent[] {
  state.phase = "over";
  return [error];
}

function stepChoice(state: ChatStreamState, chunk: JsonObject, events: StreamEvent[]): void {
  const choice = asNumber(chunk["index"]) ?? 0;
  let own = state.choices.get(choice);
  if (!own) state.choices.set(choice, (own = { nextBlock: 0, open: null, calls: new Map(), finished: false, audio: null }));
  const delta = asObject(chunk["delta"]) ?? asObject(chunk["message"]);
  if (delta) stepDelta({ state, own, choice, events }, delta);
  if (isObject(chunk["logprobs"])) events.push({ type: "logprobs", choice, logprobs: chunk["logprobs"] });
  const finish = asText(chunk["finish_reason"]);
  if (finish === undefined || finish === "" || own.finished) return;
  own.finished = true;
  const { open } = own;
  if (open?.type === "text") for (const citation of state.sources) events.push({ type: "citation", choice, block: open.block, citation });
  closeBlocks(own, choice, events);
  events.push({ type: "finish", choice, reason: parseFinishReason(finish, chunk["stop_reason"]) });
}

interface Step {
  state: ChatStreamState;
  own: ChoiceState;
  choice: number;
  events: StreamEvent[];
}

function stepDelta(step: Step, delta: JsonObject): void {
  const thought = asText(delta["reasoning_content"]) ?? asText(delta["reasoning"]);
  stepText(step, "reasoning", thought);
  if (delta["reasoning_details"]) stepReasoningDetails(step, delta, thought);
  const content = delta["content"];
  if (typeof content === "string") stepText(step, "text", content);
  else if (content) stepContent(step, content);
  stepText(step, "refusal", asText(delta["refusal"]));
  if (delta["audio"]) stepAudio(step, asObject(delta["audio"]) ?? {});
  if (delta["function_call"]) stepFormerCall(step, asObject(delta["function_call"]) ?? {});
  if (delta["tool_calls"]) for (const [position, call] of asObjects(delta["tool_calls"]).entries()) stepToolCall(step, call, position);
  if (delta["annotations"]) stepAnnotations(step, delta);
  if (delta["images"]) stepImages(step, delta);
}

function stepText(step: Step, type: "text" | "reasoning" | "refusal", text: string | undefined): void {
  if (!text) return;
  const { own, choice, events } = step;
  const open = own.open?.type === type ? own.open : openText(step, type);
  events.push({ type: "text-delta", choice, block: open.block, text });
}

function openText({ own, choice, events }: Step, type: OpenText["type"]): OpenText {
  closeComplete(own, choice, events);
  own.open = { type, block: own.nextBlock++ };
  events.push({ type: "block-start", choice, block: own.open.block, content: { type } });
  return own.open;
}

/** Some servers give content as a list, with what was thought in it. */
function stepContent(step: Step, content: JsonValue): void {
  for (const part of asObjects(content)) {
    if (part["type"] === "thinking") stepText(step, "reasoning", asText(part["thinking"]) ?? contentTexts(part["thinking"], "text"));
    else if (part["type"] === "refusal") stepText(step, "refusal", asText(part["refusal"]));
    else stepText(step, "text", asText(part["text"]));
  }
}

/** The text stands beside them, too; what is to be given back stands here alone. */
function stepReasoningDetails(step: Step, delta: JsonObject, thought: string | undefined): void {
  const { own, choice, events } = step;
  for (const detail of asObjects(delta["reasoning_details"])) {
    const part = parseDetail(detail);
    if (!part) continue;
    if (part.redacted) {
      closeComplete(own, choice, events);
      events.push({ type: "part", choice, block: own.nextBlock++, part });
      continue;
    }
    if (!thought) stepText(step, "reasoning", part.text);
    if (!part.signature) continue;
    if (own.open?.type !== "reasoning") openText(step, "reasoning");
    if (own.open) events.push({ type: "signature", choice, block: own.open.block, signature: part.signature });
    // What comes then was signed by another signature.
    closeComplete(own, choice, events);
  }
}

/** Samples go on as they come; what is said in them is known at the end. */
function stepAudio({ own, choice, events }: Step, audio: JsonObject): void {
  const { id, transcript, expires_at: expiresAt, data } = audio;
  const said = (own.audio ??= { transcript: "", id: undefined, expiresAt: undefined });
  said.transcript += asText(transcript) ?? "";
  said.id ??= asText(id);
  said.expiresAt ??= asNumber(expiresAt);
  if (typeof data === "string" && data !== "") events.push({ type: "part", choice, block: own.nextBlock++, part: { type: "audio", source: { type: "base64", mediaType: "audio/pcm", data } } });
}

/** What `tool_calls` replaced, of which there is one. */
function stepFormerCall(step: Step, call: JsonObject): void {
  if (asText(call["name"]) || step.own.calls.has(0)) stepToolCall(step, { index: 0, function: call }, 0);
}

/** Servers that send whole calls may leave the index out, or send 0 for each: another id is another call. */
function stepToolCall(step: Step, call: JsonObject, position: number): void {
  const { own, choice, events } = step;
  const index = asNumber(call["index"]) ?? position;
  const id = asText(call["id"]);
  let known = own.calls.get(index);
  if (known && id && known.id !== id && asText(asObject(call["function"])?.["name"])) {
    own.calls.set(-1 - own.nextBlock, known);
    known = undefined;
  }
  const custom = asObject(call["custom"]);
  const called = asObject(call["function"]) ?? custom;
  if (!known) {
    closeComplete(own, choice, events);
    known = { block: own.nextBlock++, id: id || step.state.context.makeId("call_"), arguments: "" };
    own.calls.set(index, known);
    const content = { type: "tool-call", id: known.id, name: asText(called?.["name"]) ?? "", custom: custom ? true : undefined, signature: signatureOf(call) } as const;
    events.push({ type: "block-start", choice, block: known.block, content });
  }
  const json = argumentsText(called?.["arguments"] ?? called?.["input"]);
  if (json === "" || known.block === -1) return;
  known.arguments += json;
  events.push({ type: "arguments-delta", choice, block: known.block, json });
}

function stepAnnotations({ own, choice, events }: Step, delta: JsonObject): void {
  for (const annotation of asObjects(delta["annotations"])) {
    const citation = parseCitation(annotation);
    if (citation && own.open?.type === "text") events.push({ type: "citation", choice, block: own.open.block, citation });
  }
}

function stepImages({ own, choice, events }: Step, delta: JsonObject): void {
  for (const image of asObjects(delta["images"])) {
    const url = asText(asObject(image["image_url"])?.["url"]);
    if (url !== undefined) events.push({ type: "part", choice, block: own.nextBlock++, part: { type: "image", source: parseUrl(url) } });
  }
}

/** Ends the text block, and the calls whose arguments can only be over. */
function closeComplete(own: ChoiceState, choice: number, events: StreamEvent[]): void {
  if (own.open) events.push({ type: "block-end", choice, block: own.open.block });
  own.open = null;
  for (const call of own.calls.values()) {
    if (call.block === -1 || tryParseJson(call.arguments) === undefined) continue;
    events.push({ type: "block-end", choice, block: call.block });
    call.block = -1;
  }
}

function closeBlocks(own: ChoiceState, choice: number, events: StreamEvent[]): void {
  if (own.audio) events.push({ type: "part", choice, block: own.nextBlock++, part: { type: "audio", source: { type: "base64", mediaType: "audio/pcm", data: "" }, ...own.audio } });
  own.audio = null;
  if (own.open) events.push({ type: "block-end", choice, block: own.open.block });
  own.open = null;
  for (const call of own.calls.values()) if (call.block !== -1) events.push({ type: "block-end", choice, block: call.block });
  for (const call of own.calls.values()) call.block = -1;
}
