/**
 * The API has one `system` before the messages. What comes first of the system messages goes there, in order. One that
 * stands between other messages keeps its place, as a system message where the model takes that, else marked as what it is
 * in a user turn: moved to the top it would say something else.
 */
import type { TextPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import type { JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import type { ModelRules } from "./model-rules.ts";
import { writeText } from "./write-parts.ts";

export function writeSystem(messages: readonly Message[], { rules, notes }: { rules: ModelRules; notes: TranslationNotes }): { system: JsonValue | undefined; rest: Message[] } {
  let first = 0;
  const parts: TextPart[] = [];
  while (first < messages.length) {
    const message = messages[first];
    if (message?.role !== "system") break;
    parts.push(...message.parts.filter((part) => part.text.trim() !== ""));
    first += 1;
  }
  return { system: writeSystemParts(parts), rest: messages.slice(first).map((message, index, rest) => (rules.systemInPlace && mayStand(rest, index) ? message : keptInPlace(message, notes))) };
}

/** A single text without a cache mark is a plain string. */
function writeSystemParts(parts: readonly TextPart[]): JsonValue | undefined {
  const [only] = parts;
  if (!only) return undefined;
  return parts.length === 1 && !only.cache ? only.text : parts.map(writeText);
}

/** The API takes a system message after a user's turn, and before an answer or at the end. */
function mayStand(messages: readonly Message[], index: number): boolean {
  const before = messages[index - 1]?.role;
  const behind = messages[index + 1]?.role;
  return (before === "user" || before === "tool") && (behind === undefined || behind === "assistant");
}

function keptInPlace(message: Message, notes: TranslationNotes): Message {
  if (message.role !== "system") return message;
  notes.changed("messages[].role", "this model takes system messages at the beginning; a later one was sent in its place, marked, as the user's");
  return { role: "user", parts: message.parts.map((part) => ({ ...part, text: `<system>\n${part.text}\n</system>` })) };
}
