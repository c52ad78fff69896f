/** Writes temperature, top_p and top_k as far as the model takes them. */
import type { Sampling } from "../../conversation/conversation.ts";
import type { JsonDraft } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import type { ModelRules } from "./model-rules.ts";

interface Place {
  /** `thinking` is in it already. */
  body: JsonDraft;
  rules: ModelRules;
  notes: TranslationNotes;
}

export function writeSampling(sampling: Sampling, place: Place): void {
  const { rules, notes } = place;
  const { seed, minP, presencePenalty, frequencyPenalty } = sampling;
  if (seed !== undefined) notes.dropped("seed", "Anthropic's API has no seed");
  if (minP !== undefined) notes.dropped("min_p", "Anthropic's API has no min_p");
  if (presencePenalty) notes.dropped("presence_penalty", "Anthropic's API has no penalties");
  if (frequencyPenalty) notes.dropped("frequency_penalty", "Anthropic's API has no penalties");
  if (rules.sampling === "none") return dropAll(sampling, place);
  const { thinking } = place.body;
  if (thinking) writeBesideThinking(sampling, place);
  else writePlainly(sampling, place);
}

function dropAll({ temperature, topP, topK }: Sampling, { notes }: Place): void {
  if (temperature !== undefined && temperature !== 1) notes.dropped("temperature", "this model takes no temperature");
  if (topP !== undefined && topP !== 1) notes.dropped("top_p", "this model takes no top_p");
  if (topK !== undefined) notes.dropped("top_k", "this model takes no top_k");
}

function writeBesideThinking({ temperature, topP, topK }: Sampling, { body, notes }: Place): void {
  if (temperature !== undefined && temperature !== 1) notes.dropped("temperature", "with thinking, Anthropic's models take no temperature");
  if (topK !== undefined) notes.dropped("top_k", "with thinking, Anthropic's models take no top_k");
  if (topP !== undefined && topP >= 0.95) body["top_p"] = topP;
  else if (topP !== undefined) notes.dropped("top_p", "with thinking, Anthropic's models take no top_p below 0.95");
}

function writePlainly({ temperature, topP, topK }: Sampling, { body, rules, notes }: Place): void {
  if (temperature !== undefined && temperature > 1) notes.changed("temperature", `Anthropic's range ends at 1; 1 was sent for ${temperature}`);
  body["temperature"] = temperature === undefined ? undefined : Math.min(temperature, 1);
  body["top_k"] = topK;
  if (rules.sampling === "one" && temperature !== undefined && topP !== undefined) {
    if (topP !== 1) notes.dropped("top_p", "this model takes temperature or top_p, and not both");
  } else body["top_p"] = topP;
}
