/** An assistant's parts as members of a chat completion message, for answers to callers and for history to providers. */
import type { AssistantPart, AudioPart, Citation, ToolCallPart } from "../../conversation/content.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { extraContent, reasoningDetail } from "./reasoning.ts";

/** `content`, and where there are any: refusal, reasoning_content, reasoning_details, tool_calls, annotations, images, audio. */
export function writeAssistantParts(parts: readonly AssistantPart[]): JsonDraft {
  const message: JsonDraft = { content: null };
  const draft = { text: "", hasText: false, reasoning: "", details: [] as JsonValue[], calls: [] as JsonValue[], annotations: [] as JsonValue[], images: [] as JsonValue[] };
  for (const [index, part] of parts.entries()) {
    switch (part.type) {
      case "text":
        for (const citation of part.citations ?? []) draft.annotations.push(writeCitation(citation, draft.text.length, part.text.length));
        draft.text += part.text;
        draft.hasText = true;
        if (part.signature) message["extra_content"] = extraContent(part.signature);
        break;
      case "reasoning": {
        draft.reasoning += part.text;
        const detail = reasoningDetail(part, index);
        if (detail) draft.details.push(detail);
        break;
      }
      case "tool-call":
        draft.calls.push(writeToolCall(part));
        break;
      case "refusal":
        message["refusal"] = `${(message["refusal"] as string | undefined) ?? ""}${part.text}`;
        break;
      case "image":
        if (part.source.type !== "file") draft.images.push(writeImage(part.source));
        break;
      case "audio":
        if (part.source.type === "base64") message["audio"] = writeAudio(part, part.source.data);
        break;
      case "native":
        break;
    }
  }
  if (draft.hasText) message["content"] = draft.text;
  if (draft.reasoning !== "") message["reasoning_content"] = draft.reasoning;
  if (draft.details.length > 0) message["reasoning_details"] = draft.details;
  if (draft.calls.length > 0) message["tool_calls"] = draft.calls;
  if (draft.annotations.length > 0) message["annotations"] = draft.annotations;
  if (draft.images.length > 0) message["images"] = draft.images;
  return message;
}

/** No arguments are the empty object: every SDK parses them. */
export function writeToolCall(part: ToolCallPart): JsonObject {
  if (part.custom) return { id: part.id, type: "custom", custom: { name: part.name, input: part.arguments } };
  const call: JsonDraft = { id: part.id, type: "function", function: { name: part.name, arguments: part.arguments === "" ? "{}" : part.arguments } };
  if (part.signature) call["extra_content"] = extraContent(part.signature);
  return call;
}

/** `offset`: where the cited part begins in the message's one text; without positions of its own it is cited whole. */
export function writeCitation(citation: Citation, offset: number, length: number): JsonObject {
  const place: JsonDraft = citation.startIndex === undefined ? {} : { start_index: offset + citation.startIndex, end_index: offset + (citation.endIndex ?? length) };
  if (citation.url === undefined) return { type: "file_citation", file_citation: { filename: citation.title ?? "", quote: citation.citedText ?? "", ...place } };
  return {
    type: "url_citation",
    url_citation: {
      url: citation.url,
      title: citation.title ?? "",
      start_index: offset + (citation.startIndex ?? 0),
      end_index: offset + (citation.endIndex ?? length),
      // What the page says, which OpenAI has no member for.
      ...(citation.citedText !== undefined && { quote: citation.citedText }),
    },
  };
}

function writeAudio({ id, expiresAt, transcript }: AudioPart, data: string): JsonObject {
  return { ...(id !== undefined && { id }), data, ...(expiresAt !== undefined && { expires_at: expiresAt }), ...(transcript !== undefined && { transcript }) };
}

export function writeImage(source: { type: "url"; url: string } | { type: "base64"; mediaType: string; data: string }): JsonObject {
  return { type: "image_url", image_url: { url: source.type === "url" ? source.url : `data:${source.mediaType};base64,${source.data}` } };
}
