/**
 * Reasoning blocks both ways. Anthropic's signatures and encrypted thinking are the same on every platform, so that they
 * go by Anthropic's name; Bedrock wraps the encrypted ones in base64 once more.
 */
import type { ReasoningPart, Signature } from "../../conversation/content.ts";
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

export function writeReasoning(part: ReasoningPart, notes: TranslationNotes): JsonObject | null {
  if (part.redacted?.dialect === "anthropic-messages") return { reasoningContent: { redactedContent: Buffer.from(part.redacted.value).toString("base64") } };
  if (part.redacted?.dialect === "bedrock-converse") return { reasoningContent: { redactedContent: part.redacted.value } };
  if (part.signature?.dialect === "anthropic-messages" || part.signature?.dialect === "bedrock-converse") {
    return { reasoningContent: { reasoningText: { text: part.text, signature: part.signature.value } } };
  }
  notes.dropped("messages[].reasoning_content", "Bedrock takes back its own models' signed thinking only");
  return null;
}

export function readReasoning(block: JsonObject): ReasoningPart {
  const redacted = asText(block["redactedContent"]);
  if (redacted !== undefined) return { type: "reasoning", text: "", redacted: readRedacted(redacted) };
  const reasoning = asObject(block["reasoningText"]);
  const signature = asText(reasoning?.["signature"]);
  return { type: "reasoning", text: asText(reasoning?.["text"]) ?? "", signature: signature === undefined ? undefined : signatureOf(signature) };
}

export function signatureOf(value: string): Signature {
  return { dialect: "anthropic-messages", value };
}

/** Anthropic's is printable; bytes of any other model stay as Bedrock wrote them. */
export function readRedacted(base64: string): Signature {
  const text = Buffer.from(base64, "base64").toString("latin1");
  const isText = /^[\x20-\x7e]+$/.test(text) && Buffer.from(text, "latin1").toString("base64") === base64;
  return isText ? { dialect: "anthropic-messages", value: text } : { dialect: "bedrock-converse", value: base64 };
}
