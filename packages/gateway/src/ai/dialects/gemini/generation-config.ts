import type { Conversation } from "../../conversation/conversation.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeSchema } from "./schema.ts";
import { writeThinkingConfig } from "./thinking.ts";

const mostStopSequences = 5;
const mostCandidates = 8;
const greatestSeed = 2_147_483_647;

/** Undefined where the caller set nothing, so that the model's own defaults hold. */
export function writeGenerationConfig(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): JsonObject | undefined {
  const { sampling } = conversation;
  const config: JsonDraft = {
    ...ownExtensions(conversation),
    maxOutputTokens: conversation.maxOutputTokens,
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    seed: seedOf(sampling.seed, notes),
    stopSequences: stopSequences(conversation, notes),
    candidateCount: candidateCount(conversation, notes),
    ...responseFormat(conversation),
    ...logprobs(conversation),
    thinkingConfig: writeThinkingConfig(conversation.reasoning, target.model, notes),
  };
  if (sampling.minP !== undefined) notes.dropped("min_p", "Gemini samples by temperature, top_p and top_k only");
  if (Object.keys(sampling.logitBias ?? {}).length > 0) notes.unsupported("logit_bias", "Gemini cannot make single tokens more or less likely");
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}

/** What a caller of this dialect set in its own generationConfig and the model has no place for. */
function ownExtensions(conversation: Conversation): JsonObject | undefined {
  if (conversation.dialect !== "gemini") return undefined;
  return asObject(conversation.extensions.find((extension) => extension.name === "generationConfig")?.value);
}

/** Google's seed has 32 bits. */
function seedOf(seed: number | undefined, notes: TranslationNotes): number | undefined {
  if (seed === undefined || Math.abs(seed) <= greatestSeed) return seed;
  notes.dropped("seed", "Gemini takes seeds of 32 bits");
  return undefined;
}

function stopSequences(conversation: Conversation, notes: TranslationNotes): readonly string[] | undefined {
  const stop = conversation.stop?.filter((sequence) => sequence !== "");
  if (stop === undefined || stop.length === 0) return undefined;
  if (stop.length > mostStopSequences) notes.unsupported("stop", `Gemini takes up to ${mostStopSequences} stop sequences`);
  return stop;
}

function candidateCount(conversation: Conversation, notes: TranslationNotes): number | undefined {
  const count = conversation.choiceCount;
  if (count === undefined || count === 1) return undefined;
  if (count > mostCandidates) notes.unsupported("n", `Gemini gives up to ${mostCandidates} answers at once`);
  return count;
}

function responseFormat(conversation: Conversation): JsonObject {
  const format = conversation.responseFormat;
  if (format === undefined || format.type === "text") return {};
  if (format.type === "json") return { responseMimeType: "application/json" };
  const { language, schema } = writeSchema(format.schema);
  return { responseMimeType: "application/json", [language === "subset" ? "responseSchema" : "responseJsonSchema"]: schema };
}

function logprobs(conversation: Conversation): JsonObject {
  return conversation.logprobs === undefined ? {} : { responseLogprobs: true, logprobs: conversation.logprobs.top };
}
