/** Writes an answer's parts as content blocks. */
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import { extraContent } from "../openai-chat/reasoning.ts";
import { writeSignature } from "./signatures.ts";

/** Null for what an answer of this dialect cannot hold. Of sound the words are told. */
export function writeBlock(part: AssistantPart): JsonObject | null {
  switch (part.type) {
    case "text":
      return part.citations ? { type: "text", text: part.text, citations: part.citations.map(writeCitation) } : { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.text };
    case "reasoning":
      if (part.redacted) return { type: "redacted_thinking", data: writeSignature(part.redacted) };
      return { type: "thinking", thinking: part.text, signature: part.signature ? writeSignature(part.signature) : "" };
    case "tool-call":
      return { type: "tool_use", id: part.id, name: part.name, input: parseArguments(part.arguments) ?? {}, ...(part.signature && { extra_content: extraContent(part.signature) }), ...membersFor("anthropic-messages", part.own) };
    case "image":
      return part.source.type === "base64" ? { type: "image", source: { type: "base64", media_type: part.source.mediaType, data: part.source.data } } : null;
    case "native":
      return part.dialect === "anthropic-messages" ? part.value : null;
    case "audio":
      return part.transcript ? { type: "text", text: part.transcript } : null;
  }
}

export function writeCitation(citation: Citation): JsonObject {
  if (citation.dialect === "anthropic-messages") return citation.raw;
  if (citation.url === undefined) return writeDocumentCitation(citation);
  return { type: "web_search_result_location", url: citation.url, title: citation.title ?? "", cited_text: citation.citedText ?? "", encrypted_index: writeSignature({ dialect: citation.dialect, value: "" }) };
}

/** Bedrock has the same places in the same words; of others only what is quoted is known. */
function writeDocumentCitation({ title, citedText, dialect, raw }: Citation): JsonObject {
  const location = dialect === "bedrock-converse" ? asObject(raw["location"]) : undefined;
  const [kind, place] = Object.entries(location ?? {})[0] ?? [];
  const { documentIndex = 0, start = 0, end = 0 } = asObject(place) ?? {};
  const cited = { cited_text: citedText ?? "", document_index: documentIndex, document_title: title ?? null };
  if (kind === "documentPage") return { type: "page_location", ...cited, start_page_number: start, end_page_number: end };
  if (kind === "documentChunk") return { type: "content_block_location", ...cited, start_block_index: start, end_block_index: end };
  return { type: "char_location", ...cited, start_char_index: start, end_char_index: end };
}
