/** Writes messages. A tool message becomes one message for each result; documents that are text go beside the messages. */
import type { MediaSource, TextPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { AssistantMessage, Message } from "../../conversation/conversation.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { contentWithFailure } from "../../conversation/failed-result.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { resultDocument } from "./result-document.ts";

export function writeMessages(messages: readonly Message[], notes: TranslationNotes): JsonValue[] {
  return messages.flatMap((message): JsonValue[] => {
    if (message.role !== "tool" && message.name !== undefined) notes.dropped("messages[].name", "Cohere's messages have no names");
    switch (message.role) {
      case "system":
        return [{ role: "system", content: writeSystem(message.parts) }];
      case "user":
        return [{ role: "user", content: writeUserContent(message.parts, notes) }];
      case "assistant":
        return [writeAssistant(message, notes)];
      case "tool":
        return message.parts.map((result) => writeToolResult(result, notes));
    }
  });
}

/** What the model is to answer from, with Cohere's citations; undefined where there is none. */
export function collectDocuments(messages: readonly Message[]): readonly JsonObject[] | undefined {
  const documents: JsonObject[] = [];
  for (const message of messages) {
    if (message.role !== "user") continue;
    for (const part of message.parts) {
      const text = part.type === "document" ? documentText(part.source) : undefined;
      if (part.type === "document" && text !== undefined) documents.push({ id: `doc:${documents.length}`, data: { title: part.title, text, context: part.context } });
    }
  }
  return documents.length === 0 ? undefined : documents;
}

function documentText(source: MediaSource | { type: "text"; text: string }): string | undefined {
  if (source.type === "text") return source.text;
  return source.type === "base64" && source.mediaType.startsWith("text/") ? Buffer.from(source.data, "base64").toString("utf8") : undefined;
}

function writeSystem(parts: readonly TextPart[]): JsonValue {
  const [only] = parts;
  return parts.length === 1 && only ? only.text : parts.map(({ text }) => ({ type: "text", text }));
}

function writeUserContent(parts: readonly UserPart[], notes: TranslationNotes): JsonValue {
  const [only] = parts;
  if (parts.length === 1 && only?.type === "text") return only.text;
  return parts.flatMap((part) => writeUserPart(part, notes));
}

function writeUserPart(part: UserPart, notes: TranslationNotes): JsonObject[] {
  switch (part.type) {
    case "text":
      return part.text === "" ? [] : [{ type: "text", text: part.text }];
    case "image":
      return [{ type: "image_url", image_url: { url: imageUrl(part.source, notes), detail: part.detail } }];
    case "document":
      // Beside the messages already.
      return documentText(part.source) === undefined ? notes.unsupported("messages", "Cohere takes documents as text only") : [];
    case "audio":
    case "video":
      return notes.unsupported("messages", `Cohere's models take no ${part.type}`);
    case "native":
      return part.dialect === "cohere-chat" ? [part.value] : notes.unsupported("messages", `a part of type ${part.kind} is known to another provider only`);
  }
}

function imageUrl(source: MediaSource, notes: TranslationNotes): string {
  if (source.type === "url") return source.url;
  if (source.type === "base64") return `data:${source.mediaType};base64,${source.data}`;
  return notes.unsupported("messages", "Cohere takes an image by URL or as base64, and not by a file's id");
}

/** What is said before calls of tools is Cohere's plan. */
function writeAssistant(message: AssistantMessage, notes: TranslationNotes): JsonObject {
  const draft = { text: "", thinking: "", calls: [] as JsonObject[], citations: [] as JsonValue[] };
  for (const part of message.parts) {
    switch (part.type) {
      case "text":
        draft.text += part.text;
        for (const citation of part.citations ?? []) if (citation.dialect === "cohere-chat" && !draft.citations.includes(citation.raw)) draft.citations.push(citation.raw);
        break;
      case "refusal":
        draft.text += part.text;
        break;
      case "reasoning":
        if (part.redacted || part.signature) notes.dropped("messages[].reasoning_content", "another provider signed it, and it is of no use to Cohere");
        else draft.thinking += part.text;
        break;
      case "tool-call":
        if (part.custom) notes.unsupported("messages", "Cohere's tools take JSON, and a call in the conversation has free text");
        draft.calls.push({ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments === "" ? "{}" : part.arguments } });
        break;
      case "image":
      case "audio":
      case "native":
        notes.dropped("messages[].content", `Cohere takes no ${part.type === "native" ? part.kind : part.type} of the assistant's back`);
    }
  }
  return assistantMessage(draft);
}

function assistantMessage({ text, thinking, calls, citations }: { text: string; thinking: string; calls: JsonObject[]; citations: JsonValue[] }): JsonObject {
  const message: JsonDraft = { role: "assistant" };
  const thought = thinking === "" ? [] : [{ type: "thinking", thinking }];
  if (calls.length > 0) {
    message["tool_calls"] = calls;
    if (text !== "") message["tool_plan"] = text;
    if (thought.length > 0) message["content"] = thought;
  } else message["content"] = thought.length === 0 ? text : [...thought, { type: "text", text }];
  if (citations.length > 0) message["citations"] = citations;
  return message;
}

function writeToolResult(result: ToolResultPart, notes: TranslationNotes): JsonObject {
  const content = contentWithFailure(result).map((part): JsonObject => {
    if (part.type === "text") return resultDocument(part) ?? { type: "text", text: part.text };
    const text = part.type === "document" ? documentText(part.source) : undefined;
    return { type: "text", text: text ?? notes.unsupported("messages", `Cohere takes results of tools as text, and not as ${part.type}`) };
  });
  const [only] = content;
  return { role: "tool", tool_call_id: result.callId, content: content.length === 1 && only?.["type"] === "text" ? (only["text"] as string) : content };
}
