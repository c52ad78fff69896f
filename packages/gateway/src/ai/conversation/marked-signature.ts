/**
 * Signatures in a dialect that has one field for them. Its own are bytes that come and go as they are; another dialect's are
 * marked with its name, so that the caller's next turn brings them back to the provider whose they are.
 */
import type { DialectName, ReasoningPart, Signature } from "./content.ts";

const dialects: readonly DialectName[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "mistral-chat", "ollama-chat"];
const redactedMark = "redacted:";

export function markSignature(signature: Signature, own: DialectName): string {
  return signature.dialect === own ? signature.value : `${signature.dialect}:${signature.value}`;
}

export function readMarkedSignature(text: string, own: DialectName): Signature {
  const colon = text.indexOf(":");
  const dialect = dialects.find((name) => name === text.slice(0, Math.max(colon, 0)));
  return dialect ? { dialect, value: text.slice(colon + 1) } : { dialect: own, value: text };
}

/** The one field of a piece of reasoning whose dialect does not tell signed from encrypted; undefined where it has neither. */
export function markReasoning(part: ReasoningPart, own: DialectName): string | undefined {
  if (part.redacted) return redactedMark + markSignature(part.redacted, own);
  return part.signature && markSignature(part.signature, own);
}

export function readMarkedReasoning(text: string, mark: string | undefined, own: DialectName): ReasoningPart {
  if (mark === undefined || mark === "") return { type: "reasoning", text };
  if (mark.startsWith(redactedMark)) return { type: "reasoning", text, redacted: readMarkedSignature(mark.slice(redactedMark.length), own) };
  return { type: "reasoning", text, signature: readMarkedSignature(mark, own) };
}

/** What a body holds that has another dialect's signatures in it; such a body may not go to the provider as it is. */
export function foreignMarks(own: DialectName): readonly Buffer[] {
  return [redactedMark, ...dialects.filter((name) => name !== own).map((name) => `${name}:`)].map((mark) => Buffer.from(`"${mark}`));
}
