// Hot path: once for each attempt at a provider.
/** How a target is asked and its answer read: passed through, or translated. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Answer } from "../conversation/answer.ts";
import { eventsOfAnswer } from "../conversation/answer-events.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { isList, tryParseJson } from "../conversation/json.ts";
import { findUnknown } from "../conversation/known-members.ts";
import { asksForServerTools } from "../conversation/server-tools/with-server-tools.ts";
import { asksForWebSearch } from "../conversation/web-search.ts";
import type { PassThrough, PassThroughStream } from "../conversation/pass-through.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { guardedAnswer } from "../guardrails/output-guard.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import { TranslationNotes, warningFields } from "../conversation/translation-notes.ts";
import { noteUnsaidAnswer, UnsaidOfStream } from "../conversation/unsaid-answer.ts";
import { frameReader } from "../framing/readers.ts";
import { sseText } from "../framing/sse-writer.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteWarnings } from "../record/call-notes.ts";
import type { AiCall } from "./ai-call.ts";
import type { ProviderFields } from "./answer-fields.ts";
import type { AnswerRelay } from "./answer-relay.ts";
import { passedRequest } from "./outgoing-request.ts";
import type { AttemptPlan, ProviderAttempt } from "./provider-attempt.ts";
import { StreamRelay } from "./stream-relay.ts";
import { TranslatedStream } from "./stream-stage.ts";
import { namesBetas, translatedRequest } from "./translated-request.ts";
import type { Translated } from "./translated-request.ts";
import { WholeRelay } from "./whole-relay.ts";
import type { ReadAnswer } from "./whole-relay.ts";

/** Throws a `RefusalError` where the target's dialect cannot say what the caller asks. */
export function planAttempt(call: AiCall, target: ModelTarget, usual: ProviderDialect): AttemptPlan {
  const spoken = servingDialect(call, target, usual);
  const passThrough = passingAs(call, target, spoken);
  if (passThrough) return planPassing(call, target, { dialect: spoken, passThrough });
  const since = performance.now();
  const makersApi = spoken.makersApi?.(call.caller.name, target.model);
  const plan = makersApi ? planWithout(call, target, { spoken, makersApi }) : planTranslated(call, target, translatedRequest(call, target, spoken));
  call.exchange.step("translation", since);
  return plan;
}

/** In the maker's own words what would be lost in the provider's, and in the provider's all else. */
function planWithout(call: AiCall, target: ModelTarget, { spoken, makersApi }: { spoken: ProviderDialect; makersApi: ProviderDialect }): AttemptPlan {
  const usual = namesBetas(call) ? null : losslessly(call, target, spoken);
  if (usual) return planTranslated(call, target, usual);
  call.exchange.record.dialectOut = makersApi.name;
  // What was fetched for the target is not in the caller's bytes.
  const passThrough = call.changed === null ? passingAs(call, target, makersApi) : null;
  return passThrough ? planPassing(call, target, { dialect: makersApi, passThrough }) : planTranslated(call, target, translatedRequest(call, target, makersApi));
}

/** Who asks, and in which tier, changes no answer. */
const besideAnswer: ReadonlySet<string> = new Set(["user", "service_tier"]);

/** Null where something is refused or left out that the answer may depend on. */
function losslessly(call: AiCall, target: ModelTarget, spoken: ProviderDialect): Translated | null {
  try {
    const translated = translatedRequest(call, target, spoken);
    return translated.notes.warnings.every(({ kind, parameter }) => kind === "added" || besideAnswer.has(parameter)) ? translated : null;
  } catch (error) {
    if (error instanceof RefusalError && error.refusal.code === "unsupported-parameter") return null;
    throw error;
  }
}

function planTranslated(call: AiCall, target: ModelTarget, { request, dialect, notes }: Translated): AttemptPlan {
  noteWarnings(call, notes);
  const translation: Reading = {
    dialect,
    read: (body) => readTranslated(call, dialect, body),
    stage: () => translatedStream(call, dialect),
    warnings: warningFields(notes),
  };
  return { call, target, dialect, request, isSameDialect: false, relay: (attempt, fields) => relayFor(attempt, { call, target, reading: translation }, fields) };
}

/** How the caller's bytes go through to the target; null where they have to be written anew, as what is looked at has to be. */
export function passingAs({ caller, guard, body, passesBy }: AiCall, { account }: ModelTarget, { name, passThrough }: ProviderDialect): PassThrough | null {
  if (guard) return null;
  const own = caller.passes;
  const by = own ? (own.dialect === name ? own.by : undefined) : name === caller.name ? passThrough : undefined;
  return by && (by === passesBy || by.mayPass(body, account.kind)) ? by : null;
}

const servedWords = ["web_search", "googleSearch", "google_search", "code_execution", "codeExecution", "code_interpreter", "mcp_servers", "mcpServers", "\"mcp\""].map((word) => Buffer.from(word));

/** Chat completions have no tools that every provider of theirs runs itself; where the provider has responses, too, these do. */
function servingDialect(call: AiCall, { account }: ModelTarget, usual: ProviderDialect): ProviderDialect {
  if (usual.name !== "openai-chat" || call.caller.name === usual.name) return usual;
  const responses = account.alsoSpeaks.find(({ name }) => name === "openai-responses");
  if (!responses || !servedWords.some((word) => call.body.includes(word)) || !(asksForWebSearch(call.conversation) || asksForServerTools(call.conversation))) return usual;
  call.exchange.record.dialectOut = responses.name;
  return responses;
}

function planPassing(call: AiCall, target: ModelTarget, { dialect, passThrough }: { dialect: ProviderDialect; passThrough: PassThrough }): AttemptPlan {
  const notes = new TranslationNotes();
  const request = passedRequest(call, target, { passThrough, notes });
  noteWarnings(call, notes);
  // The caller sees the name that it asked for; one that was not changed on the way is left as the provider writes it.
  const rename = call.model === target.model ? null : call.model;
  const onAnswerId = (id: string): void => call.onAnswerId?.(id, target.account.name, call.keyName);
  const passing: Reading = {
    dialect,
    read: (body, fields) => (passThrough.isOther?.(body) ? readTranslated(call, dialect, body) : readPassed(passThrough.readAnswer(body, rename, fields), onAnswerId)),
    stage: () => passThrough.stream({ rename, includeUsage: call.includeUsage, onAnswerId, translated: () => translatedStream(call, dialect) }),
    warnings: warningFields(notes),
    streamType: passThrough.streamType,
  };
  return { call, target, dialect, request, isSameDialect: dialect.carrier === undefined, relay: (attempt, fields) => relayFor(attempt, { call, target, reading: passing }, fields) };
}


/** How the answer is read. */
export interface Reading {
  readonly dialect: ProviderDialect;
  readonly read: (body: Buffer, fields: readonly string[]) => ReadAnswer | ProviderError;
  readonly stage: () => PassThroughStream;
  /** Name, value, …: fields that say what the translation changed. */
  readonly warnings: readonly string[];
  /** The Content-Type of a stream that is not of server-sent events. */
  readonly streamType?: string | undefined;
}

const jsonFields = ["Content-Type", "application/json"];
const unbufferedFields = ["Cache-Control", "no-cache", "X-Accel-Buffering", "no"];
const eventFields = ["Content-Type", "text/event-stream; charset=utf-8", ...unbufferedFields];

export function relayFor(attempt: ProviderAttempt, { call, target, reading }: { call: AiCall; target: ModelTarget; reading: Reading }, provider: ProviderFields): AnswerRelay {
  const settle = attempt.settle.bind(attempt);
  const isJson = provider.contentType.startsWith("application/json");
  const fields = reading.warnings.length === 0 ? provider.fields : [...provider.fields, ...reading.warnings];
  if (!call.stream) {
    return new WholeRelay({ call, target, read: (body) => reading.read(body, provider.fields), fields, contentFields: jsonFields, settle });
  }
  // A server that does not stream, or an error with status 200: its answer is told as events.
  if (isJson) return new WholeRelay({ call, target, read: (body) => readUnstreamed(call, reading.dialect, body), fields, contentFields: eventFields, settle });
  const contentFields = reading.streamType === undefined ? eventFields : ["Content-Type", reading.streamType, ...unbufferedFields];
  return new StreamRelay({ call, target, stage: reading.stage(), fields, contentFields, settle, onContent: () => attempt.contentCame(), resume: () => attempt.resume() });
}

function readPassed(answer: ReturnType<PassThrough["readAnswer"]>, onAnswerId: (id: string) => void): ReadAnswer | ProviderError {
  if ("kind" in answer) return answer;
  if (answer.answerId !== undefined) onAnswerId(answer.answerId);
  return { body: answer.body, usage: answer.usage, finishReason: answer.finish };
}

function readTranslated(call: AiCall, dialect: ProviderDialect, body: Buffer): ReadAnswer | ProviderError {
  const since = performance.now();
  const notes = new TranslationNotes();
  const answer = parseWhole(call, dialect, { body, notes });
  if ("kind" in answer) return answer;
  const written = Buffer.from(JSON.stringify(call.caller.writeAnswer(answer, call.encodingContext())));
  call.exchange.step("translation", since);
  return readAnswer(call, written, { answer, notes });
}

function readUnstreamed(call: AiCall, dialect: ProviderDialect, body: Buffer): ReadAnswer | ProviderError {
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

function translatedStream(call: AiCall, dialect: ProviderDialect): TranslatedStream {
  const notes = new TranslationNotes();
  return new TranslatedStream({
    reader: frameReader(dialect.framing),
    decoder: dialect.streamDecoder(call.decodingContext(notes)),
    encoder: call.caller.streamEncoder(call.encodingContext()),
    unsaid: new UnsaidOfStream({ dialect: call.caller.name, notes }),
    ...(call.guard && { guard: call.guard.stream() }),
  });
}
