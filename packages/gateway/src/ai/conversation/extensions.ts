/** The one rule for members that only the caller's own dialect knows, when the provider speaks another one. */
import type { Conversation } from "./conversation.ts";
import type { TranslationNotes } from "./translation-notes.ts";

/** Refuses the first that changes the answer, drops the hints with a warning. */
export function declineExtensions(conversation: Conversation, notes: TranslationNotes): void {
  for (const extension of conversation.extensions) {
    const reason = `${extension.name} is known to ${conversation.dialect} only, and this model's provider does not speak that`;
    if (extension.effect === "answer") notes.unsupported(extension.name, reason);
    notes.dropped(extension.name, reason);
  }
}
