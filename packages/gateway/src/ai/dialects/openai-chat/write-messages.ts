/** Writes messages for a provider. A tool message becomes one message for each result; what is no text in them follows as the user's. */
import type { MediaSource, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { AssistantMessage, Message } from "../../conversation/conversation.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonValue } from "../../conversation/json.ts";
import { contentWithFailure } from "../../conversation/failed-result.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { isOpenAiModel } from "../../conversation/openai-members.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { reasoningMembers, replayedReasoning } from "./replayed-reasoning.ts";
import { writeAssistantParts } from "./write-assistant.ts";

export function writeMessages(messages: readonly Message[], { target: { model, takesReasoning }, notes }: { target: ProviderTarget; notes: TranslationNotes }): JsonValue[] {
  return messages.flatMap((message): JsonValue[] => {
    switch (message.role) {
      case "system":
        return [{ role: message.developer ? "developer" : "system", content: writeContent(message.parts, notes), name: message.name }];
      case "user":
        return [{ role: "user", content: writeContent(message.parts, notes), name: message.name }];
      case "assistant":
        return [writeAssistant(isOpenAiModel(model) ? unsigned(message, notes) : message, { takesReasoning, notes })];
      case "tool":
        return [...message.parts.map((result) => writeToolResult(result, notes)), ...writeResultMedia(message.parts, notes)];
    }
  });
}

/** Google's own server of this API takes its signatures back on calls; OpenAI's refuses what it does not know. */
function unsigned(message: AssistantMessage, notes: TranslationNotes): AssistantMessage {
  if (!message.parts.some((part) => part.type === "tool-call" && part.signature)) return message;
  notes.dropped("messages[].content[].signature", "another provider signed it, and it is of no use to this one");
  return { ...message, parts: message.parts.map((part) => (part.type === "tool-call" ? { ...part, signature: undefined } : part)) };
}

/** Of an answer's members a request takes these; a caller of this dialect is passed through and keeps them all. */
function writeAssistant(message: AssistantMessage, { takesReasoning, notes }: { takesReasoning: ProviderTarget["takesReasoning"]; notes: TranslationNotes }): JsonValue {
  const { content, refusal, tool_calls: calls, ...rest } = writeAssistantParts(message.parts);
  const thought = takesReasoning && replayedReasoning(message.parts, takesReasoning);
  for (const name of Object.keys(rest)) if (!(thought && reasoningMembers.has(name))) notes.dropped(`messages[].${name}`, "chat completions do not take it back");
  return { role: "assistant", content, ...thought, refusal, tool_calls: calls, name: message.name, prefix: message.prefix, ...membersFor("openai-chat", message.own) };
}

/** A tool message holds text only. */
function writeToolResult(result: ToolResultPart, notes: TranslationNotes): JsonValue {
  const texts = contentWithFailure(result).filter(({ type }) => type === "text");
  return { role: "tool", tool_call_id: result.callId, content: writeContent(texts, notes) };
}

/** Images and files of all results, behind the last of them: between two results nothing else may stand. */
function writeResultMedia(results: readonly ToolResultPart[], notes: TranslationNotes): JsonValue[] {
  const media = results.flatMap(({ content }) => content.filter(({ type }) => type !== "text"));
  if (media.length === 0) return [];
  notes.changed("messages[].content", "chat completions take text only as a tool's result; its images and files follow as the user's");
  return [{ role: "user", content: media.map((part) => writePart(part, notes)) }];
}

/** One text alone is a plain string, which every compatible server takes. */
function writeContent(parts: readonly UserPart[], notes: TranslationNotes): JsonValue {
  const [only] = parts;
  if (!only) return "";
  if (parts.length === 1 && only.type === "text") return only.text;
  return parts.map((part) => writePart(part, notes));
}

function writePart(part: UserPart, notes: TranslationNotes): JsonDraft {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return { type: "image_url", image_url: { url: writeUrl(part.source, "image", notes), detail: part.detail } };
    case "audio":
      if (part.source.type !== "base64") return notes.unsupported("messages", "chat completions take audio as base64 only");
      return { type: "input_audio", input_audio: { data: part.source.data, format: part.source.mediaType.replace(/^audio\//, "") } };
    case "video":
      return { type: "video_url", video_url: { url: writeUrl(part.source, "video", notes) } };
    case "document":
      if (part.source.type === "text") return { type: "text", text: part.source.text };
      if (part.source.type === "file") return { type: "file", file: { file_id: part.source.fileId } };
      return { type: "file", file: { filename: part.title ?? "document", file_data: writeUrl(part.source, "document", notes) } };
    case "native":
      return part.dialect === "openai-chat" ? part.value : notes.unsupported("messages", `a part of type ${part.kind} is known to another provider only`);
  }
}

function writeUrl(source: MediaSource, what: string, notes: TranslationNotes): string {
  if (source.type === "url") return source.url;
  if (source.type === "base64") return `data:${source.mediaType};base64,${source.data}`;
  return notes.unsupported("messages", `chat completions take an ${what} by URL or as base64, and not by a file's id`);
}
