/**
 * What a provider ran itself in an earlier turn (a search, a page that it read, code) and another provider does not take back:
 * code and calls of servers are told in words, all else is left out and warned of. So a conversation goes on at another
 * provider, which is asked for its own answer only. May import the conversation model.
 */
import type { AssistantPart, DialectName, NativePart, TextPart } from "./content.ts";
import type { Conversation, Message } from "./conversation.ts";
import type { ProviderDialect } from "./dialect.ts";
import { asText } from "./json.ts";
import { textOfRun } from "./server-tools/runs.ts";
import { isForeignSearch } from "./server-tools/searches.ts";
import type { TranslationNotes } from "./translation-notes.ts";

/** The dialect itself where nothing of another one's was run before. */
export function withForeignHistory(dialect: ProviderDialect, { messages }: Conversation): ProviderDialect {
  if (!messages.some((message) => message.role === "assistant" && message.parts.some((part): part is NativePart => isForeign(part, dialect.name)))) return dialect;
  return { ...dialect, writeRequest: (conversation, target, notes) => dialect.writeRequest(withRunsTold(conversation, (part): part is NativePart => isForeign(part, dialect.name), notes), target, notes) };
}

function isForeign(part: AssistantPart, own: DialectName): part is NativePart {
  return part.type === "native" && (part.dialect !== own || isForeignSearch(part));
}

/** What the target does not take back is told in words or left out; a turn that said nothing else is left out too. */
export function withRunsTold(conversation: Conversation, isNotTaken: (part: AssistantPart) => part is NativePart, notes: TranslationNotes): Conversation {
  const messages = conversation.messages.flatMap((message): Message[] => {
    if (message.role !== "assistant" || !message.parts.some(isNotTaken)) return [message];
    const parts = message.parts.flatMap((part) => (isNotTaken(part) ? inWords(part, notes) : [part]));
    return parts.length === 0 ? [] : [{ ...message, parts }];
  });
  return { ...conversation, messages };
}

/** Stands for earlier turns, which nobody but their provider can read. */
const holdsTurns: ReadonlySet<string> = new Set(["item_reference", "compaction", "compaction_summary"]);

function inWords(part: NativePart, notes: TranslationNotes): TextPart[] {
  const text = textOfRun(part);
  if (text.type === "text") return [text];
  const summary = part.kind === "compaction" ? asText(part.value["content"]) : undefined;
  if (summary !== undefined) return [{ type: "text", text: summary }];
  if (holdsTurns.has(part.kind)) notes.unsupported("messages", `a part of type ${part.kind} stands for turns that another provider keeps`);
  notes.dropped(`messages[].content[].${part.kind}`, "it was made by another provider's own tool, and is of no use to this one");
  return [];
}
