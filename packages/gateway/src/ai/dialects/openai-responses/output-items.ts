/** Items of an answer's output, as they begin; the encoder fills them. */
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { markReasoning } from "../../conversation/marked-signature.ts";
import { membersFor } from "../../conversation/own-members.ts";
import type { BlockContent } from "../../conversation/stream-event.ts";
import { extraContent } from "../openai-chat/reasoning.ts";

/** `unique` makes the item's id. */
export function callItem(call: Extract<BlockContent, { type: "tool-call" }>, unique: string): JsonDraft {
  if (call.custom) return { id: `ctc_${unique}`, type: "custom_tool_call", status: "in_progress", call_id: call.id, name: call.name, input: "", ...membersFor("openai-responses", call.own) };
  const item: JsonDraft = { id: `fc_${unique}`, type: "function_call", status: "in_progress", call_id: call.id, name: call.name, ...(call.namespace !== undefined && { namespace: call.namespace }), arguments: "", ...membersFor("openai-responses", call.own) };
  // Clients send the items back as they got them, and with them what the provider wants back.
  if (call.signature) item["extra_content"] = extraContent(call.signature);
  return item;
}

export function reasoningItem(unique: string): JsonDraft {
  return { id: `rs_${unique}`, type: "reasoning", status: "in_progress", summary: [] };
}

/** Null for what an answer of this dialect cannot hold. */
export function wholeItem(part: AssistantPart, unique: string): JsonDraft | null {
  switch (part.type) {
    case "reasoning":
      return { ...reasoningItem(unique), status: "completed", summary: part.text === "" ? [] : [{ type: "summary_text", text: part.text }], encrypted_content: markReasoning(part, "openai-responses") };
    case "image":
      return part.source.type === "base64" ? { id: `ig_${unique}`, type: "image_generation_call", status: "completed", result: part.source.data } : null;
    case "native":
      return part.dialect === "openai-responses" ? { ...part.value } : null;
    case "text":
    case "refusal":
    case "tool-call":
    case "audio":
      return null;
  }
}

export function writeAnnotation(citation: Citation, length: number): JsonObject {
  if (citation.dialect === "openai-responses") return citation.raw;
  // A document without an address is quoted: positions in it are of no use to who has not got it from a store.
  if (citation.url === undefined) return { type: "file_citation", file_id: "", filename: citation.title ?? "", index: citation.startIndex ?? 0, quote: citation.citedText };
  const cited = { type: "url_citation", url: citation.url, title: citation.title ?? "", start_index: Math.max(0, citation.startIndex ?? 0), end_index: citation.endIndex ?? length };
  // What the page says, which OpenAI has no member for.
  return citation.citedText === undefined ? cited : { ...cited, quote: citation.citedText };
}
