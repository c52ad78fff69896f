/**
 * Signatures in a dialect that has one field for them. Its own are bytes that come and go as they are; another dialect's are
 * marked with its name, so that the caller's next turn brings them back to the provider whose they are.
 */
import type { DialectName, ReasoningPart, Signature } from "./content.ts";

const dialects: readonly DialectName[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "mistral-chat", "ollama-chat", "bedrock-converse", "cohere-chat"];
/** Begins every mark, so that one look at a body's bytes tells whether there is any. */
const mark = "parley.";
const redactedMark = `${mark}redacted.`;

export function markSignature(signature: Signature, own: DialectName): string {
  return signature.dialect === own ? signature.value : `${mark}${signature.dialect}:${signature.value}`;
}

export function readMarkedSignature(text: string, own: DialectName): Signature {
  const colon = text.indexOf(":");
  const dialect = text.startsWith(mark) ? dialects.find((name) => name === text.slice(mark.length, Math.max(colon, 0))) : undefined;
  return dialect ? { dialect, value: text.slice(colon + 1) } : { dialect: own, value: text };
}

/** The one field of a piece of reasoning whose dialect does not tell signed from encrypted; undefined where it has neither. */
export function markReasoning(part: ReasoningPart, own: DialectName): string | undefined {
  if (part.redacted) return redactedMark + markSignature(part.redacted, own);
  return part.signature && markSignature(part.signature, own);
}

export function readMarkedReasoning(text: string, field: string | undefined, own: DialectName): ReasoningPart {
  if (field === undefined || field === "") return { type: "reasoning", text };
  if (field.startsWith(redactedMark)) return { type: "reasoning", text, redacted: readMarkedSignature(field.slice(redactedMark.length), own) };
  return { type: "reasoning", text, signature: readMarkedSignature(field, own) };
}

/** What a string of a body begins with that has another dialect's signatures; such a body may not go to the provider as it is. */
export const foreignWord = mark;
/** The same with the quote before it. */
export const foreignMark = Buffer.from(`"${mark}`);
