/** Writes messages as input items. */
import type { AssistantPart, MediaSource, TextPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { contentWithFailure } from "../../conversation/failed-result.ts";
import { membersFor } from "../../conversation/own-members.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

export function writeInput(messages: readonly Message[], notes: TranslationNotes): JsonValue[] {
  const custom = customCalls(messages);
  return messages.flatMap((message): JsonValue[] => {
    switch (message.role) {
      case "system":
        return [{ role: message.developer ? "developer" : "system", content: writeContent(message.parts, notes) }];
      case "user":
        return writeUser(message.parts, notes);
      case "assistant":
        return message.parts.flatMap((part) => writeSaid(part, notes));
      case "tool":
        return message.parts.map((result) => writeResult(result, custom.has(result.callId), notes));
    }
  });
}

function customCalls(messages: readonly Message[]): ReadonlySet<string> {
  const ids = messages.flatMap((message) => (message.role === "assistant" ? message.parts.flatMap((part) => (part.type === "tool-call" && part.custom ? [part.id] : [])) : []));
  return new Set(ids);
}

/** Items of this dialect's own stand for themselves. */
function writeUser(parts: readonly UserPart[], notes: TranslationNotes): JsonValue[] {
  const [only] = parts;
  if (parts.length === 1 && only?.type === "native" && only.dialect === "openai-responses" && !only.kind.startsWith("input_")) return [only.value];
  return [{ role: "user", content: writeContent(parts, notes) }];
}

function writeSaid(part: AssistantPart, notes: TranslationNotes): JsonObject[] {
  switch (part.type) {
    case "text":
      return part.text === "" ? [] : [{ type: "message", role: "assistant", content: [{ type: "output_text", text: part.text, annotations: ownAnnotations(part) }], ...membersFor("openai-responses", part.own) }];
    case "refusal":
      return [{ type: "message", role: "assistant", content: [{ type: "refusal", refusal: part.text }] }];
    case "tool-call":
      if (part.custom) return [{ type: "custom_tool_call", call_id: part.id, name: part.name, input: part.arguments }];
      return [{ type: "function_call", call_id: part.id, name: part.name, arguments: part.arguments === "" ? "{}" : part.arguments, namespace: part.namespace }];
    case "reasoning":
      if (part.signature?.dialect === "openai-responses") return [{ type: "reasoning", summary: part.text === "" ? [] : [{ type: "summary_text", text: part.text }], encrypted_content: part.signature.value }];
      notes.dropped("input[].reasoning", "the responses API takes back its own encrypted reasoning only");
      return [];
    case "native":
      return part.dialect === "openai-responses" ? [part.value] : notes.unsupported("messages", `a part of type ${part.kind} is known to another provider only`);
    case "image":
    case "audio":
      notes.dropped(`messages[].${part.type}`, `the responses API takes no ${part.type} back that a model made`);
      return [];
  }
}

function ownAnnotations({ citations = [] }: TextPart): JsonObject[] {
  return citations.filter(({ dialect }) => dialect === "openai-responses").map(({ raw }) => raw);
}

function writeResult(result: ToolResultPart, isCustom: boolean, notes: TranslationNotes): JsonObject {
  return { type: isCustom ? "custom_tool_call_output" : "function_call_output", call_id: result.callId, output: writeContent(contentWithFailure(result), notes) };
}

/** One text alone is a plain string. */
function writeContent(parts: readonly UserPart[], notes: TranslationNotes): JsonValue {
  const [only] = parts;
  if (!only) return "";
  return parts.length === 1 && only.type === "text" ? only.text : parts.map((part) => writePart(part, notes));
}

function writePart(part: UserPart, notes: TranslationNotes): JsonObject {
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image":
      return { type: "input_image", ...writeSource(part.source, { file: "file_id", url: "image_url" }), detail: part.detail ?? "auto" };
    case "document":
      if (part.source.type === "text") return { type: "input_text", text: part.source.text };
      if (part.source.type === "base64") return { type: "input_file", filename: part.title ?? "document", file_data: `data:${part.source.mediaType};base64,${part.source.data}` };
      return { type: "input_file", ...writeSource(part.source, { file: "file_id", url: "file_url" }) };
    case "audio":
      if (part.source.type !== "base64") return notes.unsupported("messages", "the responses API takes audio as base64 only");
      return { type: "input_audio", input_audio: { data: part.source.data, format: part.source.mediaType.replace(/^audio\//, "") } };
    case "video":
      return notes.unsupported("messages", "the responses API takes no video");
    case "native":
      return part.dialect === "openai-responses" ? part.value : notes.unsupported("messages", `a part of type ${part.kind} is known to another provider only`);
  }
}

function writeSource(source: MediaSource, names: { file: string; url: string }): JsonObject {
  if (source.type === "file") return { [names.file]: source.fileId };
  return { [names.url]: source.type === "url" ? source.url : `data:${source.mediaType};base64,${source.data}` };
}
