/**
 * `thoughtSignature` holds bytes, and Google's clients refuse what is not base64: some decode it and write it anew, in either
 * alphabet. Google's own goes as it is, and another dialect's with its mark as the bytes.
 */
import type { ReasoningPart, Signature } from "../../conversation/content.ts";
import { foreignWord as mark, markReasoning, markSignature, readMarkedReasoning, readMarkedSignature } from "../../conversation/marked-signature.ts";

/** As many letters as the mark alone decides. */
export const foreignWord = Buffer.from(mark).toString("base64").slice(0, Math.floor((mark.length * 8) / 6));
/** The same with the quote before it. */
export const foreignMark = Buffer.from(`"${foreignWord}`);

export function writeThoughtSignature(signature: Signature): string {
  return coded(markSignature(signature, "gemini"));
}

/** Undefined where a thought has none. */
export function writeSignatureOfThought(part: ReasoningPart): string | undefined {
  const marked = markReasoning(part, "gemini");
  return marked === undefined ? undefined : coded(marked);
}

export function readThoughtSignature(text: string): Signature {
  return readMarkedSignature(decoded(text), "gemini");
}

export function readThought(text: string, signature: string | undefined): ReasoningPart {
  return readMarkedReasoning(text, signature === undefined ? undefined : decoded(signature), "gemini");
}

function coded(marked: string): string {
  return marked.startsWith(mark) ? Buffer.from(marked).toString("base64") : marked;
}

function decoded(text: string): string {
  return text.startsWith(foreignWord) ? Buffer.from(text, "base64").toString() : text;
}
