// Hot path: once for each attempt at a provider of another dialect.
/** A provider's answer in the words of the caller's dialect: as a whole, as events of one, or as it streams. */
import type { Answer } from "../conversation/answer.ts";
import { eventsOfAnswer } from "../conversation/answer-events.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { isList, tryParseJson } from "../conversation/json.ts";
import { findUnknown } from "../conversation/known-members.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { TranslationNotes, warningFields } from "../conversation/translation-notes.ts";
import { noteUnsaidAnswer, UnsaidOfStream } from "../conversation/unsaid-answer.ts";
import { frameReader } from "../framing/readers.ts";
import { sseText } from "../framing/sse-writer.ts";
import { guardedAnswer } from "../guardrails/output-guard.ts";
import { noteWarnings } from "../record/call-notes.ts";
import type { AiCall } from "./ai-call.ts";
import { TranslatedStream } from "./stream-stage.ts";
import type { ReadAnswer } from "./whole-relay.ts";

export function readTranslated(call: AiCall, dialect: ProviderDialect, body: Buffer): ReadAnswer | ProviderError {
  const since = performance.now();
  const notes = new TranslationNotes();
  const answer = parseWhole(call, dialect, { body, notes });
  if ("kind" in answer) return answer;
  const written = Buffer.from(JSON.stringify(call.caller.writeAnswer(answer, call.encodingContext())));
  call.exchange.step("translation", since);
  return readAnswer(call, written, { answer, notes });
}

/** What a provider gave as a whole and the caller wants as events. */
export function readUnstreamed(call: AiCall, dialect: ProviderDialect, body: Buffer): ReadAnswer | ProviderError {
  if (body[0] === listBegin) return readListed(call, dialect, body);
  const notes = new TranslationNotes();
  const answer = parseWhole(call, dialect, { body, notes });
  if ("kind" in answer) return answer;
  const encoder = call.caller.streamEncoder(call.encodingContext());
  const text = eventsOfAnswer(answer).map((event) => sseText(encoder.step(event))).join("");
  return readAnswer(call, Buffer.from(text), { answer, notes });
}

const listBegin = 0x5b;

/** Google streams a list to whoever does not ask for events, and servers that resemble it may do so to everybody. */
function readListed(call: AiCall, dialect: ProviderDialect, body: Buffer): ReadAnswer | ProviderError {
  const list = tryParseJson(body.toString("utf8"));
  const stage = translatedStream(call, dialect);
  const events = isList(list) ? list.map((event) => stage.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))) : [];
  events.push(stage.finish());
  if (stage.error || !stage.ended) return stage.error ?? brokenAnswer("the list ended before the answer was complete");
  if (stage.notes) noteWarnings(call, stage.notes);
  return { body: Buffer.concat(events), usage: stage.usage, finishReason: stage.finishReason, warnings: stage.notes && warningFields(stage.notes) };
}

function readAnswer(call: AiCall, body: Buffer, { answer, notes }: { answer: Answer; notes: TranslationNotes }): ReadAnswer {
  noteUnsaidAnswer(answer, { dialect: call.caller.name, notes });
  noteWarnings(call, notes);
  return { body, usage: answer.usage, finishReason: answer.choices[0]?.finish, warnings: warningFields(notes) };
}

function parseWhole(call: AiCall, dialect: ProviderDialect, { body, notes }: { body: Buffer; notes: TranslationNotes }): Answer | ProviderError {
  const text = body.toString("utf8");
  const parsed = tryParseJson(text);
  if (parsed === undefined) return brokenAnswer("it is not JSON", text.slice(0, 500));
  const context = call.decodingContext(notes);
  const answer = dialect.parseAnswer(parsed, context);
  if ("kind" in answer) return answer;
  if (context.unknown) findUnknown(parsed, dialect.known, context.unknown);
  return call.guard ? guardedAnswer(call.guard, answer) : answer;
}

export function translatedStream(call: AiCall, dialect: ProviderDialect): TranslatedStream {
  const notes = new TranslationNotes();
  return new TranslatedStream({
    reader: frameReader(dialect.framing),
    decoder: dialect.streamDecoder({ ...call.decodingContext(notes), choiceCount: call.caller.choicesAsked?.(call.head) }),
    encoder: call.caller.streamEncoder(call.encodingContext()),
    unsaid: new UnsaidOfStream({ dialect: call.caller.name, notes }),
    ...(call.guard && { guard: call.guard.stream() }),
  });
}
