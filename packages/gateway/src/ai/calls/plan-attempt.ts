// Hot path: once for each attempt at a provider.
/** How a target is asked and its answer read: passed through, or translated. */
import { RefusalError } from "../../exchange/answer.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import type { PassThrough } from "../conversation/pass-through.ts";
import { TranslationNotes, warningFields } from "../conversation/translation-notes.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteWarnings } from "../record/call-notes.ts";
import type { AiCall } from "./ai-call.ts";
import { notingIds } from "./noting-ids.ts";
import { passedRequest } from "./outgoing-request.ts";
import type { AttemptPlan } from "./provider-attempt.ts";
import { relayFor } from "./relay-for.ts";
import type { Reading } from "./relay-for.ts";
import { servingDialect } from "./serving-dialect.ts";
import { readTranslated, translatedStream } from "./translated-answer.ts";
import { namesBetas, translatedRequest } from "./translated-request.ts";
import type { Translated } from "./translated-request.ts";
import type { ReadAnswer } from "./whole-relay.ts";

/** Throws a `RefusalError` where the target's dialect cannot say what the caller asks. */
export function planAttempt(call: AiCall, target: ModelTarget, usual: ProviderDialect): AttemptPlan {
  const spoken = servingDialect(call, target, usual);
  const passThrough = passingAs(call, target, spoken);
  if (passThrough) return planPassing(call, target, { dialect: spoken, passThrough });
  if (call.background) return refuseBackground(call, spoken);
  const since = performance.now();
  const makersApi = spoken.makersApi?.(call.caller.name, target.model);
  const plan = makersApi ? planWithout(call, target, { spoken, makersApi }) : planTranslated(call, target, translatedRequest(call, target, spoken));
  call.exchange.step("translation", since);
  return plan;
}

/** An answer that is read and written anew has to be there: of one that is not yet, nothing could be looked at, and what it takes would never be counted. */
function refuseBackground({ caller, guard }: AiCall, spoken: ProviderDialect): never {
  const here = spoken.name === caller.name ? "parts of another provider's are in the conversation, so that the answer cannot pass as it is" : "this model's provider does not go on with an answer after the call";
  return refuseParameter("unsupported-parameter", "background", guard ? "a guardrail looks at this answer, and one that is made after the call would be fetched without it" : here);
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

function planTranslated(call: AiCall, target: ModelTarget, { request, dialect: spoken, notes }: Translated): AttemptPlan {
  const { onAnswerId } = call;
  const dialect = notingIds(spoken, onAnswerId && ((id) => onAnswerId(id, target.account.name, call.keyName)));
  noteWarnings(call, notes);
  const translation: Reading = {
    dialect,
    read: (body) => readTranslated(call, dialect, body),
    stage: () => translatedStream(call, dialect),
    warnings: warningFields(notes),
  };
  return { call, target, dialect, request, isSameDialect: false, relay: (attempt, fields) => relayFor(attempt, { call, target, reading: translation }, fields) };
}

/** How the caller's bytes go through to the target; null where they have to be written anew, as what is looked at has to be, and what the caller's client would refuse in the provider's words. */
export function passingAs({ caller, guard, body, passesBy, stream, namesEveryPiece }: AiCall, { account }: ModelTarget, { name, passThrough }: ProviderDialect): PassThrough | null {
  if (guard || (namesEveryPiece && stream && name === "openai-chat")) return null;
  const own = caller.passes;
  const by = own ? (own.dialect === name ? own.by : undefined) : name === caller.name ? passThrough : undefined;
  return by && (by === passesBy || by.mayPass(body, account.kind)) ? by : null;
}

function planPassing(call: AiCall, target: ModelTarget, { dialect, passThrough }: { dialect: ProviderDialect; passThrough: PassThrough }): AttemptPlan {
  const notes = new TranslationNotes();
  const request = passedRequest(call, target, { passThrough, notes });
  noteWarnings(call, notes);
  // The caller sees the name that it asked for; one that was not changed on the way is left as the provider writes it.
  const rename = call.model === target.model ? null : call.model;
  const onAnswerId = (id: string): void => call.onAnswerId?.(id, target.account.name, call.keyName);
  const { background } = call;
  // Of a stream nobody knows whether it will be heard to its end.
  const begun = (id: string): void => {
    onAnswerId(id);
    void background?.begun(id);
  };
  const passing: Reading = {
    dialect,
    read: (body, fields) => (passThrough.isOther?.(body) ? readTranslated(call, dialect, body) : readPassed(call, passThrough.readAnswer(body, rename, fields), onAnswerId)),
    stage: () => passThrough.stream({ rename, includeUsage: call.includeUsage, head: call.head, onAnswerId: begun, onAnswerFailed: () => void background?.ended(), translated: () => translatedStream(call, dialect) }),
    ...(background && { atStreamEnd: () => background.ended() }),
    warnings: warningFields(notes),
    streamType: passThrough.streamType,
  };
  return { call, target, dialect, request, isSameDialect: dialect.carrier === undefined, relay: (attempt, fields) => relayFor(attempt, { call, target, reading: passing }, fields) };
}

function readPassed({ background }: AiCall, answer: ReturnType<PassThrough["readAnswer"]>, onAnswerId: (id: string) => void): ReturnType<Reading["read"]> {
  if ("kind" in answer) return answer;
  const { answerId } = answer;
  if (answerId !== undefined) onAnswerId(answerId);
  const read: ReadAnswer = { body: answer.body, usage: answer.usage, finishReason: answer.finish };
  return background && answer.goesOn === true && answerId !== undefined ? background.begun(answerId).then(() => read) : read;
}
