// Hot path: once for each attempt whose request is translated.
/**
 * What stands on the parts of messages and only some dialects have words for: marks for caching, what a document is called
 * and is about, citations of earlier answers, a speaker's name. Left out where there are none, and said.
 */
import type { AssistantPart, DialectName, Signature, ToolResultPart, UserPart } from "./content.ts";
import type { Conversation } from "./conversation.ts";
import type { OwnMembers } from "./own-members.ts";
import type { TranslationNotes } from "./translation-notes.ts";

type Said = "cache_control" | "document.source" | "document.title" | "document.context" | "document.citations";

const anthropics: ReadonlySet<Said> = new Set<Said>(["cache_control", "document.title", "document.context", "document.citations", "document.source"]);
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
  "mistral-chat": titles,
  "ollama-chat": none,
};

export function noteUnsaidParts(conversation: Conversation, dialect: DialectName, notes: TranslationNotes): void {
  const place = { says: sayable[dialect], dialect, notes };
  const format = conversation.responseFormat;
  if (format?.type === "json-schema" && format.description !== undefined && !describedFormats.has(dialect)) notes.dropped("response_format.description", "this model's provider takes the schema alone; a description may stand in it");
  for (const tool of conversation.tools) {
    if (tool.type !== "function") continue;
    if (tool.cache) note(place, "cache_control");
    noteOwn(tool.own, "tools[]", place);
  }
  for (const message of conversation.messages) {
    if (message.role === "assistant") noteOwn(message.own, "messages[]", place);
    if (message.role === "assistant" && message.prefix && !goesOn.has(dialect)) notes.dropped("messages[].prefix", "this model's provider does not go on from the beginning of an answer");
    if (message.role === "system" && message.name !== undefined && namelessSystem.has(dialect)) notes.dropped("messages[].name", "this model's provider does not tell speakers of one role apart");
    if (dialect === "openai-responses" && message.role !== "tool" && message.name !== undefined) notes.dropped("messages[].name", "the responses API does not tell speakers of one role apart");
    for (const part of message.parts) notePart(part, place);
  }
}

interface Place {
  says: ReadonlySet<Said>;
  dialect: DialectName;
  notes: TranslationNotes;
}

/** Where the format of an answer has a description of its own. */
const describedFormats: ReadonlySet<DialectName> = new Set(["openai-chat", "openai-responses", "mistral-chat", "bedrock-converse"]);
/** Where an answer may be begun by the caller. */
const goesOn: ReadonlySet<DialectName> = new Set(["openai-chat", "mistral-chat", "anthropic-messages", "bedrock-converse", "ollama-chat"]);
/** Where instructions stand apart from the messages. */
const namelessSystem: ReadonlySet<DialectName> = new Set(["anthropic-messages", "gemini", "bedrock-converse"]);

function noteOwn(own: OwnMembers | undefined, at: string, { dialect, notes }: Place): void {
  if (!own || own.dialect === dialect) return;
  for (const name of Object.keys(own.members)) notes.dropped(`${at}.${name}`, `${name} is known to ${own.dialect} only`);
}

/** Whose signatures a provider of a dialect takes back beside those of its own. */
const takenBack: Partial<Record<DialectName, DialectName>> = { "bedrock-converse": "anthropic-messages", "openai-chat": "gemini" };

function noteSignature(signature: Signature | undefined, { dialect, notes }: Place): void {
  if (signature && signature.value !== "" && signature.dialect !== dialect && signature.dialect !== takenBack[dialect]) notes.dropped("messages[].content[].signature", "another provider signed it, and it is of no use to this one");
}

function notePart(part: UserPart | AssistantPart | ToolResultPart, place: Place): void {
  if ("signature" in part) noteSignature(part.signature, place);
  if ("own" in part) noteOwn(part.own, "messages[].content[]", place);
  if ("cache" in part && part.cache) note(place, "cache_control");
  switch (part.type) {
    case "document":
      if (part.title !== undefined && (part.source.type === "text" || (part.source.type === "url" && place.dialect !== "mistral-chat") || !place.says.has("document.title"))) noteTitle(place);
      if (part.context !== undefined) note(place, "document.context");
      if (part.citable) note(place, "document.citations");
      if (part.foundAt !== undefined) note(place, "document.source");
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
  "document.source": "this model's provider reads what was found as a text, without where",
  "document.citations": "this model's provider does not cite documents",
};

const titlesFilesOnly: ReadonlySet<DialectName> = new Set(["openai-chat", "openai-responses", "mistral-chat"]);

/** Where a text or an address stands for the document, only some have a place for what it is called. */
function noteTitle({ says, dialect, notes }: Place): void {
  if (!says.has("document.title") || titlesFilesOnly.has(dialect)) notes.dropped("document.title", reasons["document.title"]);
}

function note({ says, notes }: Place, what: Said): void {
  if (!says.has(what)) notes.dropped(what, reasons[what]);
}
