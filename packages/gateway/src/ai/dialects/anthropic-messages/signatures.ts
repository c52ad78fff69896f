/** Signatures in thinking blocks towards callers: Anthropic's own as they are, others marked with their dialect. */
import type { Signature } from "../../conversation/content.ts";
import { markSignature, readMarkedSignature } from "../../conversation/marked-signature.ts";

export function writeSignature(signature: Signature): string {
  return markSignature(signature, "anthropic-messages");
}

export function parseSignature(text: string | undefined): Signature | undefined {
  return text === undefined || text === "" ? undefined : readMarkedSignature(text, "anthropic-messages");
}
