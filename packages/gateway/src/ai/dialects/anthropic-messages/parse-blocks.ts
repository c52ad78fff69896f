/** Reads content blocks of an answer. */
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import { asNumber, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { readMarkedSignature } from "../../conversation/marked-signature.ts";
import type { OwnMembers } from "../../conversation/own-members.ts";

/** Who calls a tool: the model itself, or code that it wrote. */
export function callerOf(block: JsonObject): OwnMembers | undefined {
  const caller = asObject(block["caller"]);
  return caller && { dialect: "anthropic-messages", members: { caller } };
}

export function parseBlock(block: JsonObject): AssistantPart {
  switch (asText(block["type"]) ?? "") {
    case "text":
      return { type: "text", text: asText(block["text"]) ?? "", citations: parseCitations(block) };
    case "thinking":
      return { type: "reasoning", text: asText(block["thinking"]) ?? "", signature: { dialect: "anthropic-messages", value: asText(block["signature"]) ?? "" } };
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: { dialect: "anthropic-messages", value: asText(block["data"]) ?? "" } };
    case "tool_use":
      return { type: "tool-call", id: asText(block["id"]) ?? "", name: asText(block["name"]) ?? "", arguments: JSON.stringify(block["input"] ?? {}), own: callerOf(block) };
    default:
      return { type: "native", dialect: "anthropic-messages", kind: asText(block["type"]) ?? "", value: block };
  }
}

export function parseCitations(block: JsonObject): readonly Citation[] | undefined {
  const citations = asObjects(block["citations"]);
  return citations.length === 0 ? undefined : citations.map(parseCitation);
}

/** A citation holds for the whole of its text block; its own positions are in the document that is cited. */
export function parseCitation(raw: JsonObject): Citation {
  return {
    url: asText(raw["url"]) ?? (raw["type"] === "search_result_location" ? asText(raw["source"]) : undefined),
    title: asText(raw["title"]) ?? asText(raw["document_title"]) ?? documentName(raw),
    citedText: asText(raw["cited_text"]),
    dialect: readMarkedSignature(asText(raw["encrypted_index"]) ?? "", "anthropic-messages").dialect,
    raw,
  };
}

function documentName(raw: JsonObject): string | undefined {
  const index = asNumber(raw["document_index"]);
  return index === undefined ? undefined : `document ${index}`;
}
