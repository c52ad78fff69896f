// On the hot path: one step per chunk of an answer. Benchmark: streaming.
/**
 * Decodes the chunks of Gemini's answers: each is a whole GenerateContentResponse with what is new. Google has no closing
 * mark but the finish reasons.
 */
import type { FinishReason } from "../../conversation/answer.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import type { DecodingContext, StreamDecoder } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { jsonDecoder, nothing } from "../decoding/json-decoder.ts";
import type { JsonStream } from "../decoding/json-decoder.ts";
import { readFetched, readIdentity } from "./answer.ts";
import { CandidateBlocks } from "./candidate-blocks.ts";
import { errorInside } from "./error.ts";
import { blockedPrompt, finishReason } from "./finish-reason.ts";
import { knownGeminiAnswer } from "./known-answer.ts";
import { readLogprobs } from "./logprobs.ts";
import { readUsage } from "./usage.ts";

interface StreamState {
  readonly context: DecodingContext;
  started: boolean;
  /** By their index. */
  readonly choices: Map<number, ChoiceState>;
}

interface ChoiceState {
  readonly blocks: CandidateBlocks;
  finished: boolean;
  /** Which pages were read. */
  fetched: readonly AssistantPart[];
}

const stream: JsonStream<StreamState> = { known: knownGeminiAnswer, errorIn, step, finish };

export function streamDecoder(context: DecodingContext): StreamDecoder {
  return jsonDecoder(stream, { context, started: false, choices: new Map() });
}

function errorIn(body: JsonValue | undefined): ProviderError | undefined {
  const error = isObject(body) ? asObject(body["error"]) : undefined;
  return error && errorInside(error, body ?? null);
}

/** It was a clean end if every candidate that began has given its reason. */
function finish(state: StreamState): readonly StreamEvent[] {
  const choices = [...state.choices.values()];
  if (choices.length === 0 || !choices.every(({ finished }) => finished)) return nothing;
  const events: StreamEvent[] = [];
  // What came after a reason.
  for (const { blocks } of choices) blocks.endComplete(events);
  events.push({ type: "end" });
  return events;
}

function step(state: StreamState, body: JsonObject): readonly StreamEvent[] {
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
  for (const candidate of candidates) readCandidate(state, candidate, events);
  const usage = asObject(body["usageMetadata"]);
  if (usage !== undefined) events.push({ type: "usage", usage: readUsage(usage) });
  for (const candidate of candidates) {
    const choice = choiceOf(state, candidate);
    const raw = asText(candidate["finishReason"]);
    if (raw !== undefined) finishChoice(choice, finishReason(raw, choice.blocks.calledTools), events);
  }
  const blocked = asText(asObject(body["promptFeedback"])?.["blockReason"]);
  if (blocked !== undefined) finishChoice(choiceOf(state, {}), blockedPrompt(blocked), events);
}

function choiceOf(state: StreamState, candidate: JsonObject): ChoiceState {
  const index = asNumber(candidate["index"]) ?? 0;
  const known = state.choices.get(index);
  if (known) return known;
  const choice: ChoiceState = { blocks: new CandidateBlocks(index), finished: false, fetched: [] };
  state.choices.set(index, choice);
  return choice;
}

function readCandidate(state: StreamState, candidate: JsonObject, events: StreamEvent[]): void {
  const choice = choiceOf(state, candidate);
  const { blocks } = choice;
  for (const written of asObjects(asObject(candidate["content"])?.["parts"])) blocks.add(written, state.context, events);
  blocks.addCitations(candidate, events);
  const fetched = readFetched(candidate);
  if (fetched.length > 0) choice.fetched = fetched;
  const logprobs = readLogprobs(candidate["logprobsResult"]);
  if (logprobs !== undefined) events.push({ type: "logprobs", choice: blocks.choice, logprobs });
}

function finishChoice(choice: ChoiceState, reason: FinishReason, events: StreamEvent[]): void {
  if (choice.finished) return;
  choice.finished = true;
  choice.blocks.endAll(events);
  // Told last: a citation that comes after it still belongs to the text before.
  for (const part of choice.fetched) choice.blocks.addWhole(part, events);
  events.push({ type: "finish", choice: choice.blocks.choice, reason });
}
