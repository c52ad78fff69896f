// Hot path: every chunk of a translated stream from a chat completions provider passes here.
/** Decodes a stream of chat completion chunks, in the forms that the compatible servers give them. */
import type { Citation, ReasoningPart } from "../../conversation/content.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, asTime, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { InterleavedCalls } from "../decoding/interleaved-calls.ts";
import { broken, jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { failedIn, parseEmbeddedError } from "./errors.ts";
import { parseChoiceFinish } from "./finish-reason.ts";
import { knownChatAnswer } from "./known-answer.ts";
import { argumentsText, parseCitation, parseImage, parseSources, parseThought } from "./parse-answer.ts";
import { parseDetail, signatureOf } from "./reasoning.ts";
import { parseChunkUsage } from "./usage.ts";

interface ChatStreamState {
  readonly context: DecodingContext;
  started: boolean;
  /** By their index. */
  readonly choices: Map<number, ChoiceState>;
  /** Perplexity tells them with every chunk, for the whole of the text. */
  sources: readonly Citation[];
}

interface ChoiceState {
  readonly blocks: InterleavedCalls;
  finished: boolean;
  /** It comes in deltas. */
  streamed: boolean;
  /** What is known of sound beside its samples. */
  audio: { transcript: string; id: string | undefined; expiresAt: number | undefined } | null;
}

const stream: JsonStream<ChatStreamState> = { known: knownChatAnswer, errorIn, step, done: end, finish };

export function chatStreamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, started: false, choices: new Map(), sources: [] });
}

function errorIn(body: JsonValue | undefined, frame: Frame): ProviderError | undefined {
  if (!isObject(body)) return undefined;
  const failed = failedIn(body);
  if (failed) return parseEmbeddedError(failed);
  return frame.event === "error" ? parseEmbeddedError({ error: body }) : undefined;
}

function step(state: ChatStreamState, chunk: JsonObject): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  if (!state.started) {
    if (!begins(chunk)) return events;
    state.started = true;
    events.push(startEvent(chunk));
  }
  if (chunk["citations"] || chunk["search_results"]) state.sources = parseSources(chunk);
  for (const choice of asObjects(chunk["choices"])) stepChoice(state, choice, events);
  const usage = parseChunkUsage(chunk);
  if (usage) events.push({ type: "usage", usage });
  return events;
}

/** Without [DONE] an end is clean where every choice that was asked for had its finish reason: some servers leave the marker out. */
function finish(state: ChatStreamState): readonly StreamEvent[] {
  if (state.choices.size < (state.context.choiceCount ?? 1)) return nothing;
  for (const choice of state.choices.values()) if (!choice.finished) return nothing;
  return end(state);
}

function end(state: ChatStreamState): readonly StreamEvent[] {
  if (!state.started) return broken("the provider's stream ended before it began", null);
  const events: StreamEvent[] = [];
  for (const choice of state.choices.values()) endBlocks(choice, events);
  events.push({ type: "end" });
  return events;
}

/** What comes before an answer begins, such as Azure's verdict on the prompt, does not say whose it is. */
function begins(chunk: JsonObject): boolean {
  return Boolean(asText(chunk["id"])) || asObjects(chunk["choices"]).length > 0 || asObject(chunk["usage"]) !== undefined;
}

function startEvent(chunk: JsonObject): StreamEvent {
  return {
    type: "start", id: asText(chunk["id"]), model: asText(chunk["model"]), createdAt: asTime(chunk["created"]),
    serviceTier: asText(chunk["service_tier"]), systemFingerprint: asText(chunk["system_fingerprint"]),
  };
}

function stepChoice(state: ChatStreamState, chunk: JsonObject, events: StreamEvent[]): void {
  const index = asNumber(chunk["index"]) ?? 0;
  let choice = state.choices.get(index);
  if (!choice) state.choices.set(index, (choice = { blocks: new InterleavedCalls(index, state.context), finished: false, streamed: false, audio: null }));
  const delta = asObject(chunk["delta"]) ?? restOf(chunk, choice);
  choice.streamed ||= isObject(chunk["delta"]);
  if (delta) stepDelta(choice, delta, events);
  if (isObject(chunk["logprobs"])) events.push({ type: "logprobs", choice: index, logprobs: chunk["logprobs"] });
  const reason = asText(chunk["finish_reason"]);
  if (reason === undefined || reason === "" || choice.finished) return;
  choice.finished = true;
  choice.blocks.cite(state.sources, events);
  endBlocks(choice, events);
  events.push({ type: "finish", choice: index, reason: parseChoiceFinish(chunk, choice.blocks.hasCalls) });
}

/** What servers send that do not stream; MiniMax ends a stream with the whole message once more. */
function restOf(chunk: JsonObject, choice: ChoiceState): JsonObject | undefined {
  if (choice.streamed) return undefined;
  return asObject(chunk["message"]) ?? { content: chunk["text"] };
}

function endBlocks(choice: ChoiceState, events: StreamEvent[]): void {
  const { blocks, audio } = choice;
  if (audio) blocks.addPart({ type: "audio", source: { type: "base64", mediaType: "audio/pcm", data: "" }, ...audio }, events);
  choice.audio = null;
  blocks.endAll(events);
}

function stepDelta(choice: ChoiceState, delta: JsonObject, events: StreamEvent[]): void {
  const { blocks } = choice;
  const thought = asText(delta["reasoning_content"]) ?? asText(delta["reasoning"]) ?? "";
  blocks.addText("reasoning", thought, events);
  if (delta["reasoning_details"]) stepReasoningDetails(blocks, { details: asObjects(delta["reasoning_details"]), isTextSaid: thought !== "" }, events);
  const content = delta["content"];
  if (typeof content === "string") blocks.addText("text", content, events);
  else if (content) stepContent(blocks, content, events);
  blocks.addText("refusal", asText(delta["refusal"]) ?? "", events);
  if (delta["audio"]) stepAudio(choice, asObject(delta["audio"]) ?? {}, events);
  if (delta["function_call"]) stepFormerCall(blocks, asObject(delta["function_call"]) ?? {}, events);
  if (delta["tool_calls"]) for (const [position, call] of asObjects(delta["tool_calls"]).entries()) stepToolCall(blocks, { position, call }, events);
  // They may come before the text, or when it is over: then they have a text of their own.
  if (delta["annotations"]) blocks.cite(asObjects(delta["annotations"]).flatMap((annotation) => parseCitation(annotation) ?? []), events);
  if (delta["images"]) stepImages(blocks, delta, events);
}

/** Some servers give content as a list, with what was thought and drawn in it. */
function stepContent(blocks: InterleavedCalls, content: JsonValue, events: StreamEvent[]): void {
  for (const part of asObjects(content)) {
    const thought = parseThought(part);
    if (thought) stepThought(blocks, thought, events);
    else if (part["type"] === "refusal") blocks.addText("refusal", asText(part["refusal"]) ?? "", events);
    else if (part["type"] === "image_url") stepImage(blocks, part, events);
    else blocks.addText("text", asText(part["text"]) ?? "", events);
  }
}

function stepThought(blocks: InterleavedCalls, { text, signature }: ReasoningPart, events: StreamEvent[]): void {
  blocks.addText("reasoning", text, events);
  if (!signature) return;
  blocks.sign("reasoning", signature, events);
  // What comes then was signed by another signature.
  blocks.endComplete(events);
}

/** The text stands beside them, too; what is to be given back stands here alone. */
function stepReasoningDetails(blocks: InterleavedCalls, { details, isTextSaid }: { details: readonly JsonObject[]; isTextSaid: boolean }, events: StreamEvent[]): void {
  for (const detail of details) {
    const part = parseDetail(detail);
    if (!part) continue;
    if (part.redacted) {
      blocks.addPart(part, events);
      continue;
    }
    stepThought(blocks, isTextSaid ? { ...part, text: "" } : part, events);
  }
}

/** Samples go on as they come; what is said in them is known at the end. */
function stepAudio(choice: ChoiceState, { id, transcript, expires_at: expiresAt, data }: JsonObject, events: StreamEvent[]): void {
  const said = (choice.audio ??= { transcript: "", id: undefined, expiresAt: undefined });
  said.transcript += asText(transcript) ?? "";
  said.id ??= asText(id);
  said.expiresAt ??= asNumber(expiresAt);
  if (typeof data === "string" && data !== "") choice.blocks.addPartBeside({ type: "audio", source: { type: "base64", mediaType: "audio/pcm", data } }, events);
}

/** What `tool_calls` replaced, of which there is one. */
function stepFormerCall(blocks: InterleavedCalls, call: JsonObject, events: StreamEvent[]): void {
  if (asText(call["name"]) || blocks.hasCall(0)) stepToolCall(blocks, { position: 0, call: { function: call } }, events);
}

/** Servers that send whole calls may leave the index out. */
function stepToolCall(blocks: InterleavedCalls, { position, call }: { position: number; call: JsonObject }, events: StreamEvent[]): void {
  const custom = asObject(call["custom"]);
  const called = asObject(call["function"]) ?? custom;
  blocks.addCallPiece({
    index: asNumber(call["index"]) ?? position,
    id: asText(call["id"]),
    name: asText(called?.["name"]) ?? "",
    json: argumentsText(called?.["arguments"] ?? called?.["input"]),
    custom: custom ? true : undefined,
    signature: signatureOf(call),
  }, events);
}

function stepImages(blocks: InterleavedCalls, delta: JsonObject, events: StreamEvent[]): void {
  for (const image of asObjects(delta["images"])) stepImage(blocks, image, events);
}

function stepImage(blocks: InterleavedCalls, image: JsonObject, events: StreamEvent[]): void {
  const part = parseImage(image);
  if (part) blocks.addPartBeside(part, events);
}
