/** The one rule for members that only the caller's own dialect knows, when the provider speaks another one. */
import type { Conversation, Extension } from "./conversation.ts";
import { isList } from "./json.ts";
import type { JsonValue } from "./json.ts";
import type { TranslationNotes } from "./translation-notes.ts";

/** Refuses the first that changes the answer, drops the hints with a warning. */
export function declineExtensions(conversation: Conversation, notes: TranslationNotes): void {
  for (const extension of conversation.extensions) {
    if (isFulfilled(extension)) continue;
    const reason = `${extension.name} is known to ${conversation.dialect} only, and this model's provider does not speak that`;
    if (extension.effect === "answer") notes.unsupported(extension.name, reason);
    notes.dropped(extension.name, reason);
  }
}

const alwaysTold: ReadonlySet<JsonValue> = new Set(["reasoning.encrypted_content", "message.output_text.logprobs"]);

/** Nobody but OpenAI keeps an answer unasked, and what every answer tells need not be asked for. */
function isFulfilled({ name, value }: Extension): boolean {
  return (name === "store" && value === false) || (name === "include" && isList(value) && value.every((item) => alwaysTold.has(item)));
}
