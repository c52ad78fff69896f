// Hot path: every chunk of a translated stream from a chat completions provider passes here.
/**
 * Decodes a stream of chat completion chunks, in the forms that the compatible servers give them. Which blocks they make of a
 * choice is in `choice-blocks.ts`.
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
import { closeAll, closeComplete, newChoice, openText, stepFormerCall, stepText, stepToolCall } from "./choice-blocks.ts";
import type { ChoiceState, Step } from "./choice-blocks.ts";
import { parseEmbeddedError } from "./errors.ts";
import { parseFinishReason } from "./finish-reason.ts";
import { knownChatAnswer } from "./known-answer.ts";
import { contentTexts, parseCitation, parseSources } from "./parse-answer.ts";
import { parseUrl } from "./media-url.ts";
import { parseDetail } from "./reasoning.ts";
import { parseUsage } from "./usage.ts";

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
  // Moonshot counts in the choice.
  const usage = parseUsage(chunk["usage"] ?? asObjects(chunk["choices"])[0]?.["usage"], chunk["service_tier"]);
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
  for (const [choice, own] of state.choices) closeAll({ context: state.context, own, choice, events });
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
  if (!own) state.choices.set(choice, (own = newChoice()));
  const delta = asObject(chunk["delta"]) ?? asObject(chunk["message"]);
  if (delta) stepDelta({ context: state.context, own, choice, events }, delta);
  if (isObject(chunk["logprobs"])) events.push({ type: "logprobs", choice, logprobs: chunk["logprobs"] });
  const finish = asText(chunk["finish_reason"]);
  if (finish === undefined || finish === "" || own.finished) return;
  own.finished = true;
  stepCitations({ context: state.context, own, choice, events }, state.sources);
  closeAll({ context: state.context, own, choice, events });
  events.push({ type: "finish", choice, reason: parseFinishReason(finish, chunk["stop_reason"]) });
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
  if (delta["annotations"]) stepCitations(step, asObjects(delta["annotations"]).flatMap((annotation) => parseCitation(annotation) ?? []));
  if (delta["images"]) stepImages(step, delta);
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
      closeComplete(step);
      events.push({ type: "part", choice, block: own.nextBlock++, part });
      continue;
    }
    if (!thought) stepText(step, "reasoning", part.text);
    if (!part.signature) continue;
    if (own.open?.type !== "reasoning") openText(step, "reasoning");
    if (own.open) events.push({ type: "signature", choice, block: own.open.block, signature: part.signature });
    // What comes then was signed by another signature.
    closeComplete(step);
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

/** They may come before the text, or when it is over: then they have a text of their own. */
function stepCitations(step: Step, citations: readonly Citation[]): void {
  if (citations.length === 0) return;
  const { own, choice, events } = step;
  const { block } = own.open?.type === "text" ? own.open : openText(step, "text");
  for (const citation of citations) events.push({ type: "citation", choice, block, citation });
}

function stepImages({ own, choice, events }: Step, delta: JsonObject): void {
  for (const image of asObjects(delta["images"])) {
    const url = asText(asObject(image["image_url"])?.["url"]);
    if (url !== undefined) events.push({ type: "part", choice, block: own.nextBlock++, part: { type: "image", source: parseUrl(url) } });
  }
}
