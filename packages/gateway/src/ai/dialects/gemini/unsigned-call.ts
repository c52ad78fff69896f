import type { Message } from "../../conversation/conversation.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import { isObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { takesThinkingLevel } from "./thinking.ts";

/**
 * What Google documents for calls that another model made, or whose signature was lost.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const standIn = "skip_thought_signature_validator";

interface Place {
  target: ProviderTarget;
  notes: TranslationNotes;
  at: string;
  /** True after the last message of the user's: Google checks no signatures before it. */
  inCurrentTurn: boolean;
}

/** From Gemini 3 on the first call of each step has to be signed, or the whole request is refused. */
export function signFirstCall(message: Message, parts: readonly JsonObject[], place: Place): readonly JsonObject[] {
  if (message.role !== "assistant" || !place.inCurrentTurn || !takesThinkingLevel(place.target.model)) return parts;
  const first = parts.findIndex((part) => isObject(part["functionCall"]));
  const call = parts[first];
  if (call === undefined || call["thoughtSignature"] !== undefined) return parts;
  place.notes.added(`${place.at}.tool_calls[0].extra_content.google.thought_signature`, "Gemini refuses a call without one; Google's stand-in was sent");
  return parts.with(first, { ...call, thoughtSignature: standIn });
}
