/** Reasons of an end that a caller's dialect tells as a plain one: said, so that an answer that was stopped is not taken for a whole one. */
import type { FinishReason } from "./answer.ts";
import type { DialectName } from "./content.ts";
import type { TranslationNotes } from "./translation-notes.ts";

type Unified = FinishReason["unified"];

const none: ReadonlySet<Unified> = new Set();

/** Chat completions have the provider's own word beside theirs, and Google has words for all but a pause. */
const unsayable: Readonly<Record<DialectName, ReadonlySet<Unified>>> = {
  "openai-chat": none,
  "mistral-chat": none,
  "openai-responses": new Set(["pause", "unknown"]),
  "anthropic-messages": new Set(["error", "unknown"]),
  gemini: new Set(["pause"]),
  "bedrock-converse": new Set(["pause", "error", "unknown"]),
  "cohere-chat": new Set(["pause", "unknown"]),
  "ollama-chat": new Set(["content-filter", "refusal", "pause", "error", "unknown"]),
};

export function noteUnsaidFinish({ unified, raw }: FinishReason, dialect: DialectName, notes: TranslationNotes): void {
  if (raw !== "" && unsayable[dialect].has(unified)) notes.dropped("answer.finish_reason", `the answer ended with ${raw}, for which this API has no word`);
}
