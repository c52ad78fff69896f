// Hot path: once for each attempt whose request is translated.
/**
 * What stands on the parts of messages and only some dialects have words for: marks for caching, what a document is called
 * and is about, citations of earlier answers, a speaker's name. Left out where there are none, and said.
 */
import type { AssistantPart, DialectName, ToolResultPart, UserPart } from "./content.ts";
import type { Conversation } from "./conversation.ts";
import type { TranslationNotes } from "./translation-notes.ts";

type Said = "cache_control" | "document.title" | "document.context" | "document.citations";

const anthropics: ReadonlySet<Said> = new Set<Said>(["cache_control", "document.title", "document.context", "document.citations"]);
const titles: ReadonlySet<Said> = new Set<Said>(["document.title"]);
const none: ReadonlySet<Said> = new Set();

/** What each dialect can say. */
const sayable: Readonly<Record<DialectName, ReadonlySet<Said>>> = {
  "anthropic-messages": anthropics,
  "bedrock-converse": anthropics,
  "cohere-chat": new Set<Said>(["document.title", "document.context"]),
  "openai-chat": titles,
  "openai-responses": titles,
  gemini: none,
  "mistral-chat": none,
  "ollama-chat": none,
};

export function noteUnsaidParts(conversation: Conversation, dialect: DialectName, notes: TranslationNotes): void {
  const place = { says: sayable[dialect], dialect, notes };
  for (const tool of conversation.tools) if (tool.type === "function" && tool.cache) note(place, "cache_control");
  for (const message of conversation.messages) {
    if (dialect === "openai-responses" && message.role !== "tool" && message.name !== undefined) notes.dropped("messages[].name", "the responses API does not tell speakers of one role apart");
    for (const part of message.parts) notePart(part, place);
  }
}

interface Place {
  says: ReadonlySet<Said>;
  dialect: DialectName;
  notes: TranslationNotes;
}

function notePart(part: UserPart | AssistantPart | ToolResultPart, place: Place): void {
  if ("cache" in part && part.cache) note(place, "cache_control");
  switch (part.type) {
    case "document":
      if (part.title !== undefined) note(place, "document.title");
      if (part.context !== undefined) note(place, "document.context");
      if (part.citable) note(place, "document.citations");
      return;
    case "text":
      if (part.citations?.some((citation) => citation.dialect !== place.dialect)) place.notes.dropped("messages[].content[].citations", "a provider takes back its own citations only");
      return;
    case "tool-result":
      for (const inner of part.content) notePart(inner, place);
      return;
    case "image":
    case "audio":
    case "video":
    case "reasoning":
    case "refusal":
    case "tool-call":
    case "native":
  }
}

const reasons: Readonly<Record<Said, string>> = {
  cache_control: "this model's provider caches by itself, or by a resource of its own",
  "document.title": "this model's provider reads a document without a title",
  "document.context": "this model's provider has no place for what is said about a document",
  "document.citations": "this model's provider does not cite documents",
};

function note({ says, notes }: Place, what: Said): void {
  if (!says.has(what)) notes.dropped(what, reasons[what]);
}
