// On the hot path: one step per chunk of an answer. Benchmark: streaming.
import type { FinishReason } from "../../conversation/answer.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import { decoderOf } from "../../conversation/dialect.ts";
import type { DecodingContext, Frame, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { readFetched, readIdentity } from "./answer.ts";
import { movedBack, readCitations } from "./citations.ts";
import { errorInside } from "./error.ts";
import { blockedPrompt, finishReason } from "./finish-reason.ts";
import { knownGeminiAnswer } from "./known-answer.ts";
import { readLogprobs } from "./logprobs.ts";
import { readPart } from "./part.ts";
import { PartialArgs } from "./partial-args.ts";
import { readUsage } from "./usage.ts";

/** Each chunk is a whole GenerateContentResponse with what is new; Google has no closing mark but the finish reasons. */
export interface StreamState {
  readonly context: DecodingContext;
  started: boolean;
  failed: boolean;
  /** By their index. */
  readonly choices: Map<number, ChoiceState>;
}

interface ChoiceState {
  readonly index: number;
  blocks: number;
  /** What the block that is open holds; null between blocks. */
  open: "text" | "reasoning" | null;
  /** The open text is signed: no further text is part of it, but citations may still be. */
  sealed: boolean;
  /** All text so far, which citations point into. */
  text: string;
  /** Where the last block begins in it. */
  blockBegin: number;
  calledTools: boolean;
  /** The call whose arguments are still coming. */
  called: { readonly block: number; readonly args: PartialArgs } | null;
  finished: boolean;
  /** Which pages were read. */
  fetched: readonly AssistantPart[];
}

export function streamDecoder(context: DecodingContext): StreamDecoder {
  return decoderOf<StreamState>({ context, started: false, failed: false, choices: new Map() }, step, finish);
}

/** It was a clean end if every candidate that began has given its reason. */
function finish(state: StreamState): readonly StreamEvent[] {
  const choices = [...state.choices.values()];
  if (choices.length === 0 || state.failed || !choices.every(({ finished }) => finished)) return [];
  const events: StreamEvent[] = [];
  // What came after a reason.
  for (const choice of choices) closeBlock(choice, events);
  return [...events, { type: "end" }];
}

export function step(state: StreamState, frame: Frame): readonly StreamEvent[] {
  if (state.failed || frame.data === "") return [];
  const body = tryParseJson(frame.data);
  const error = isObject(body) ? asObject(body["error"]) : undefined;
  if (!isObject(body) || error !== undefined) {
    state.failed = true;
    return [{ type: "error", error: error === undefined ? brokenAnswer("Gemini's stream holds something that is not a JSON object", frame.data) : errorInside(error, body ?? null) }];
  }
  if (state.context.unknown) findUnknown(body, knownGeminiAnswer, state.context.unknown);
  const events: StreamEvent[] = [];
  if (!state.started) {
    if (asText(body["responseId"]) === undefined && !["candidates", "promptFeedback", "usageMetadata"].some((name) => body[name])) return events;
    state.started = true;
    events.push({ type: "start", ...readIdentity(body) });
  }
  readChunk(state, body, events);
  return events;
}

/** Usage comes before the finish, so that it is known when the answer ends. */
function readChunk(state: StreamState, body: JsonObject, events: StreamEvent[]): void {
  const candidates = asObjects(body["candidates"]);
  for (const candidate of candidates) readContent(choiceOf(state, asNumber(candidate["index"]) ?? 0), { candidate, context: state.context, events });
  const usage = asObject(body["usageMetadata"]);
  if (usage !== undefined) events.push({ type: "usage", usage: readUsage(usage) });
  for (const candidate of candidates) {
    const choice = choiceOf(state, asNumber(candidate["index"]) ?? 0);
    const raw = asText(candidate["finishReason"]);
    if (raw !== undefined) finishChoice(choice, finishReason(raw, choice.calledTools), events);
  }
  const blocked = asText(asObject(body["promptFeedback"])?.["blockReason"]);
  if (blocked !== undefined) finishChoice(choiceOf(state, 0), blockedPrompt(blocked), events);
}

function choiceOf(state: StreamState, index: number): ChoiceState {
  const known = state.choices.get(index);
  if (known) return known;
  const choice: ChoiceState = { index, blocks: 0, open: null, sealed: false, text: "", blockBegin: 0, calledTools: false, called: null, finished: false, fetched: [] };
  state.choices.set(index, choice);
  return choice;
}

function finishChoice(choice: ChoiceState, reason: FinishReason, events: StreamEvent[]): void {
  if (choice.finished) return;
  choice.finished = true;
  endCall(choice, events);
  closeBlock(choice, events);
  // Told last: a citation that comes after it still belongs to the text before.
  for (const part of choice.fetched) addPart(choice, part, events);
  events.push({ type: "finish", choice: choice.index, reason });
}

interface Chunk {
  candidate: JsonObject;
  context: DecodingContext;
  events: StreamEvent[];
}

function readContent(choice: ChoiceState, chunk: Chunk): void {
  for (const written of asObjects(asObject(chunk.candidate["content"])?.["parts"])) {
    if (readPieces(choice, written, chunk)) continue;
    const part = readPart(written, chunk.context);
    if (part !== undefined) addPart(choice, part, chunk.events);
  }
  addCitations(choice, chunk.candidate, chunk.events);
  const fetched = readFetched(chunk.candidate);
  if (fetched.length > 0) choice.fetched = fetched;
  const logprobs = readLogprobs(chunk.candidate["logprobsResult"]);
  if (logprobs !== undefined) chunk.events.push({ type: "logprobs", choice: choice.index, logprobs });
}

/** False for what is no call in pieces. The first has the name, the last says no more that others follow. */
function readPieces(choice: ChoiceState, written: JsonObject, { context, events }: Chunk): boolean {
  const call = asObject(written["functionCall"]);
  if (!call) return false;
  const goesOn = call["willContinue"] === true;
  const begins = asText(call["name"]) !== undefined;
  if (begins) endCall(choice, events);
  if (begins ? !goesOn && call["partialArgs"] === undefined : !choice.called) return false;
  if (begins) beginCall(choice, readPart({ ...written, functionCall: { ...call, args: {} } }, context), events);
  choice.called?.args.add(call);
  if (!goesOn) endCall(choice, events);
  return true;
}

function beginCall(choice: ChoiceState, part: AssistantPart | undefined, events: StreamEvent[]): void {
  if (part?.type !== "tool-call") return;
  closeBlock(choice, events);
  choice.calledTools = true;
  choice.called = { block: choice.blocks++, args: new PartialArgs() };
  const content = { type: "tool-call", id: part.id, name: part.name, signature: part.signature } as const;
  events.push({ type: "block-start", choice: choice.index, block: choice.called.block, content });
}

function endCall(choice: ChoiceState, events: StreamEvent[]): void {
  const { called } = choice;
  if (!called) return;
  choice.called = null;
  events.push({ type: "arguments-delta", choice: choice.index, block: called.block, json: called.args.json() });
  events.push({ type: "block-end", choice: choice.index, block: called.block });
}

function addPart(choice: ChoiceState, part: AssistantPart, events: StreamEvent[]): void {
  endCall(choice, events);
  switch (part.type) {
    case "text":
    case "reasoning":
      return addText(choice, part, events);
    case "tool-call":
      return addCall(choice, part, events);
    case "refusal":
    case "image":
    case "audio":
    case "native":
      closeBlock(choice, events);
      events.push({ type: "part", choice: choice.index, block: choice.blocks++, part });
  }
}

/** A signature ends its text: what Google signed and what it did not are never joined. */
function addText(choice: ChoiceState, part: Extract<AssistantPart, { type: "text" | "reasoning" }>, events: StreamEvent[]): void {
  if (choice.open !== part.type || (choice.sealed && part.text !== "")) openBlock(choice, part.type, events);
  const block = choice.blocks - 1;
  if (part.type === "text") choice.text += part.text;
  if (part.text !== "") events.push({ type: "text-delta", choice: choice.index, block, text: part.text });
  if (part.signature === undefined) return;
  events.push({ type: "signature", choice: choice.index, block, signature: part.signature });
  if (part.type === "text") choice.sealed = true;
  else closeBlock(choice, events);
}

/** Calls come whole. */
function addCall(choice: ChoiceState, call: Extract<AssistantPart, { type: "tool-call" }>, events: StreamEvent[]): void {
  closeBlock(choice, events);
  choice.calledTools = true;
  const block = choice.blocks++;
  const content = { type: "tool-call", id: call.id, name: call.name, signature: call.signature } as const;
  events.push({ type: "block-start", choice: choice.index, block, content });
  events.push({ type: "arguments-delta", choice: choice.index, block, json: call.arguments });
  events.push({ type: "block-end", choice: choice.index, block });
}

/**
 * They come last, when the text that they belong to may be closed already: then they have an empty block of their own, and
 * positions before its beginning.
 */
function addCitations(choice: ChoiceState, candidate: JsonObject, events: StreamEvent[]): void {
  if (candidate["groundingMetadata"] === undefined && candidate["citationMetadata"] === undefined) return;
  for (const citation of readCitations(candidate, choice.text)) {
    if (choice.open !== "text") openBlock(choice, "text", events);
    events.push({ type: "citation", choice: choice.index, block: choice.blocks - 1, citation: movedBack(citation, choice.blockBegin) });
  }
}

function openBlock(choice: ChoiceState, type: "text" | "reasoning", events: StreamEvent[]): void {
  closeBlock(choice, events);
  choice.open = type;
  choice.blockBegin = choice.text.length;
  events.push({ type: "block-start", choice: choice.index, block: choice.blocks++, content: { type } });
}

function closeBlock(choice: ChoiceState, events: StreamEvent[]): void {
  if (choice.open === null) return;
  choice.open = null;
  choice.sealed = false;
  events.push({ type: "block-end", choice: choice.index, block: choice.blocks - 1 });
}
