/**
 * Reasoning in chat completions. Its text is `reasoning_content`, as most compatible servers have it. What a provider wants
 * back exactly is kept in `reasoning_details`: one entry for each piece of reasoning, `reasoning.text` with its signature
 * or `reasoning.encrypted` with its data, `format` naming the dialect whose it is. A caller who sends the entries back in
 * the assistant's message returns them to the provider. Entries of OpenRouter's name formats and ids of its own, and it wants
 * them back unmodified: beside their text they are kept whole, as JSON. A signature on a tool call or a text is `extra_content.google.thought_signature`,
 * as Google's own compatible endpoint has it.
 */
import type { AssistantPart, DialectName, ReasoningPart, Signature } from "../../conversation/content.ts";
import { asObject, asObjects, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";

const noSignature: Signature = { dialect: "openai-chat", value: "" };
const dialects: readonly DialectName[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "mistral-chat", "ollama-chat"];

/** From an assistant's message, a caller's or a provider's. */
export function parseReasoningParts(message: JsonObject): AssistantPart[] {
  const details = asObjects(message["reasoning_details"]).flatMap((entry) => parseDetail(entry) ?? []);
  if (details.length > 0) return details;
  const text = asText(message["reasoning_content"]) ?? asText(message["reasoning"]);
  return text ? [{ type: "reasoning", text }] : [];
}

export function parseDetail(entry: JsonObject): ReasoningPart | null {
  const own = dialects.find((name) => name === entry["format"]);
  const dialect = own ?? "openai-chat";
  const data = asText(entry["data"]);
  if (entry["type"] === "reasoning.encrypted" && data !== undefined) return { type: "reasoning", text: "", redacted: { dialect, value: own ? data : keptEntry(entry, data) } };
  const text = asText(entry["text"]) ?? asText(entry["summary"]);
  const said = asText(entry["signature"]);
  const signature = said === undefined || own ? said : keptEntry(entry, said);
  if (text === undefined && signature === undefined) return null;
  return { type: "reasoning", text: text ?? "", signature: signature === undefined ? undefined : { dialect, value: signature } };
}

const spokenMembers: ReadonlySet<string> = new Set(["text", "summary"]);

/** The bytes alone where the entry says nothing else that somebody could miss. */
function keptEntry(entry: JsonObject, bytes: string): string {
  if ((entry["format"] ?? null) === null && (entry["id"] ?? null) === null) return bytes;
  return JSON.stringify(Object.fromEntries(Object.entries(entry).filter(([name]) => !spokenMembers.has(name))));
}

function entryOf({ dialect, value }: Signature): JsonObject | undefined {
  const kept = dialect === "openai-chat" && value.startsWith("{") ? asObject(tryParseJson(value)) : undefined;
  return asText(kept?.["type"])?.startsWith("reasoning.") ? kept : undefined;
}

/** The entry of `reasoning_details` for a part, or null for one that needs nothing back. */
export function reasoningDetail(part: ReasoningPart, index: number): JsonDraft | null {
  const kept = entryOf(part.redacted ?? part.signature ?? noSignature);
  if (kept) return { ...kept, ...(part.text !== "" && { [kept["type"] === "reasoning.summary" ? "summary" : "text"]: part.text }) };
  if (part.redacted) return { type: "reasoning.encrypted", data: part.redacted.value, format: part.redacted.dialect, index };
  if (part.signature) return { type: "reasoning.text", text: part.text, signature: part.signature.value, format: part.signature.dialect, index };
  return null;
}

export function signatureOf(object: JsonObject): Signature | undefined {
  const value = asText(asObject(asObject(object["extra_content"])?.["google"])?.["thought_signature"]);
  return value === undefined ? undefined : { dialect: "gemini", value };
}

export function extraContent(signature: Signature): JsonObject {
  return { google: { thought_signature: signature.value } };
}
