import type { AssistantPart, DocumentPart, ImagePart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import { toolNameOf } from "../../conversation/conversation.ts";
import type { AssistantMessage, Conversation, Message } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import { contentWithFailure } from "../../conversation/failed-result.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

interface Place {
  conversation: Conversation;
  notes: TranslationNotes;
  /** Where the message stands in the caller's request. */
  at: string;
}

/** System messages may stand anywhere. A result of a tool is a message of its own. */
export function writeMessages(conversation: Conversation, notes: TranslationNotes): readonly JsonObject[] {
  return conversation.messages.flatMap((message, index) => writeMessage(message, { conversation, notes, at: `messages[${index}]` }));
}

function writeMessage(message: Message, place: Place): readonly JsonObject[] {
  if (message.role !== "tool" && message.name !== undefined) place.notes.dropped(`${place.at}.name`, "Ollama does not tell speakers of one role apart");
  switch (message.role) {
    case "system":
    case "user":
      return [{ role: message.role, ...writeContent(message.parts, place) }];
    case "assistant":
      return [writeAssistant(message, place)];
    case "tool":
      return message.parts.map((result) => writeToolResult(result, place));
  }
}

/** Content is one text; several are lines of it. Images stand beside it, as base64 alone. */
function writeContent(parts: readonly UserPart[], place: Place): { content: string; images: readonly string[] | undefined } {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of parts) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "image") images.push(imageData(part, place));
    else if (part.type === "document") texts.push(documentText(part, place));
    else place.notes.unsupported(`${place.at}.content`, `Ollama takes text and images, and no ${part.type === "native" ? part.kind : part.type}`);
  }
  const lastImage = parts.findLastIndex(({ type }) => type === "image");
  if (images.length > 0 && parts.slice(0, lastImage).some(({ type }) => type !== "image")) place.notes.changed(`${place.at}.content`, "Ollama has images beside the text, and not between its parts");
  return { content: texts.join("\n"), images: images.length === 0 ? undefined : images };
}

function imageData(part: ImagePart, place: Place): string {
  if (part.detail !== undefined && part.detail !== "auto") place.notes.dropped(`${place.at}.content.detail`, "Ollama's models see images in one resolution");
  if (part.source.type === "base64") return part.source.data;
  return place.notes.unsupported(`${place.at}.content`, "Ollama fetches no images; send it as a data URL");
}

function documentText(part: DocumentPart, place: Place): string {
  const { source } = part;
  if (source.type === "text") return source.text;
  if (source.type === "base64" && source.mediaType.startsWith("text/")) return Buffer.from(source.data, "base64").toString("utf8");
  return place.notes.unsupported(`${place.at}.content`, "Ollama reads no files but text");
}

function writeAssistant(message: AssistantMessage, place: Place): JsonObject {
  const draft = { content: "", thinking: "", images: [] as string[], calls: [] as JsonObject[] };
  for (const part of message.parts) addAssistantPart(draft, part, place);
  return {
    role: "assistant",
    content: draft.content,
    thinking: draft.thinking === "" ? undefined : draft.thinking,
    images: draft.images.length === 0 ? undefined : draft.images,
    tool_calls: draft.calls.length === 0 ? undefined : draft.calls,
  };
}

function addAssistantPart(draft: { content: string; thinking: string; images: string[]; calls: JsonObject[] }, part: AssistantPart, place: Place): void {
  switch (part.type) {
    case "text":
    case "refusal":
      draft.content += part.text;
      return;
    case "reasoning":
      if (part.redacted) place.notes.dropped(`${place.at}.content`, "another provider encrypted this reasoning, and it is of no use to Ollama");
      draft.thinking += part.text;
      return;
    case "image":
      draft.images.push(imageData(part, place));
      return;
    case "tool-call":
      draft.calls.push({ id: part.id, type: "function", function: { name: part.name, arguments: argumentsObject(part.arguments, place) } });
      return;
    case "audio":
    case "native":
      place.notes.dropped(`${place.at}.content`, `Ollama takes text and images, and no ${part.type === "native" ? part.kind : part.type}`);
  }
}

function argumentsObject(text: string, place: Place): JsonObject {
  const detail = "the arguments of a tool call have to be a JSON object";
  return parseArguments(text) ?? refuseParameter("invalid-request", `${place.at}.tool_calls`, detail);
}

/** Older versions find the call by the tool's name, newer ones by its id. */
function writeToolResult(result: ToolResultPart, place: Place): JsonObject {
  const { content, images } = writeContent(contentWithFailure(result), place);
  return {
    role: "tool",
    content,
    images,
    tool_name: result.name ?? toolNameOf(place.conversation.messages, result.callId),
    tool_call_id: result.callId,
  };
}
