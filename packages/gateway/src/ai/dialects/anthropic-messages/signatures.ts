/**
 * Signatures in thinking blocks towards callers. Anthropic's own are bytes that come and go as they are; another dialect's
 * are marked with its name, so that the caller's next turn brings them back to the provider whose they are.
 */
import type { DialectName, Signature } from "../../conversation/content.ts";

const dialects: readonly DialectName[] = ["openai-chat", "gemini", "mistral-chat", "ollama-chat"];

export function writeSignature(signature: Signature): string {
  return signature.dialect === "anthropic-messages" ? signature.value : `${signature.dialect}:${signature.value}`;
}

export function parseSignature(text: string | undefined): Signature | undefined {
  if (text === undefined || text === "") return undefined;
  const colon = text.indexOf(":");
  const dialect = dialects.find((name) => name === text.slice(0, Math.max(colon, 0)));
  return dialect ? { dialect, value: text.slice(colon + 1) } : { dialect: "anthropic-messages", value: text };
}
