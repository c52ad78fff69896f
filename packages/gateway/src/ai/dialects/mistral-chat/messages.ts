import type { AssistantPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { AssistantMessage, Conversation, Message } from "../../conversation/conversation.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { contentWithFailure } from "../../conversation/failed-result.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeMedia } from "./media.ts";
import { mistralToolCallId } from "./tool-call-id.ts";

interface Place {
  notes: TranslationNotes;
  /** Where the message stands in the caller's request. */
  at: string;
}

/** System messages may stand anywhere. A result of a tool is a message of its own. */
export function writeMessages(conversation: Conversation, notes: TranslationNotes): readonly JsonObject[] {
  const last = conversation.messages.length - 1;
  return conversation.messages.flatMap((message, index) => writeMessage(message, { notes, at: `messages[${index}]`, isLast: index === last }));
}

function writeMessage(message: Message, place: Place & { isLast: boolean }): readonly JsonObject[] {
  if (message.role !== "tool" && message.name !== undefined) place.notes.dropped(`${place.at}.name`, "Mistral does not tell speakers of one role apart");
  switch (message.role) {
    case "system":
    case "user":
      return [{ role: message.role, content: writeContent(message.parts, place) }];
    case "assistant":
      return [writeAssistant(message, place)];
    case "tool":
      return message.parts.map((result) => writeToolResult(result, place));
  }
}

/** One text is written as a string, everything else as a list of chunks. */
function writeContent(parts: readonly UserPart[], place: Place): JsonValue {
  const [only] = parts;
  if (only === undefined) return "";
  if (parts.length === 1 && only.type === "text") return only.text;
  return parts.map((part) => writeChunk(part, place));
}

function writeChunk(part: UserPart, place: Place): JsonObject {
  if (part.type === "text") return { type: "text", text: part.text };
  if (part.type !== "native") return writeMedia(part, place);
  if (part.dialect === "mistral-chat") return part.value;
  return place.notes.unsupported(`${place.at}.content`, `Mistral knows nothing like ${part.kind}`);
}

/** An assistant's message at the end is the beginning of the answer; Mistral refuses one there without `prefix`. */
function writeAssistant(message: AssistantMessage, place: Place & { isLast: boolean }): JsonObject {
  const calls = message.parts.flatMap((part) => (part.type === "tool-call" ? [writeCall(part)] : []));
  const chunks = message.parts.flatMap((part) => writeAssistantChunk(part, place));
  const texts = chunks.flatMap((chunk) => (chunk["type"] === "text" && typeof chunk["text"] === "string" ? [chunk["text"]] : []));
  const continues = message.prefix === true || (place.isLast && calls.length === 0);
  return {
    role: "assistant",
    content: texts.length === chunks.length ? texts.join("") : chunks,
    tool_calls: calls.length === 0 ? undefined : calls,
    prefix: continues ? true : undefined,
  };
}

function writeAssistantChunk(part: AssistantPart, place: Place): readonly JsonObject[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? [] : [{ type: "text", text: part.text }];
    case "reasoning":
      if (part.redacted) place.notes.dropped(`${place.at}.content`, "another provider encrypted this reasoning, and it is of no use to Mistral");
      return part.text === "" && part.signature?.dialect !== "mistral-chat" ? [] : [writeThinking(part)];
    case "tool-call":
      return [];
    case "image":
    case "audio":
      return [writeMedia(part, place)];
    case "native":
      if (part.dialect === "mistral-chat") return [part.value];
      place.notes.dropped(`${place.at}.content`, `Mistral knows nothing like ${part.kind}`);
      return [];
  }
}

function writeThinking({ text, signature }: Extract<AssistantPart, { type: "reasoning" }>): JsonObject {
  return { type: "thinking", thinking: [{ type: "text", text }], ...(signature?.dialect === "mistral-chat" && { signature: signature.value }) };
}

function writeCall(call: Extract<AssistantPart, { type: "tool-call" }>): JsonObject {
  return {
    id: mistralToolCallId(call.id),
    type: "function",
    function: { name: call.name, arguments: call.arguments === "" ? "{}" : call.arguments },
  };
}

function writeToolResult(result: ToolResultPart, place: Place): JsonObject {
  return { role: "tool", tool_call_id: mistralToolCallId(result.callId), name: result.name, content: writeContent(contentWithFailure(result), place) };
}
