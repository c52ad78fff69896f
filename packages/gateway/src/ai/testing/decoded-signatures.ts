import { foreignWord } from "../dialects/gemini/thought-signature.ts";

/** An answer to a caller of Gemini's API with other vendors' signatures as they were given: Google's clients take base64 only. */
export function decodedSignatures(text: string): string {
  return text.replace(/(?<="thoughtSignature":")[^"]+/g, (signature) => (signature.startsWith(foreignWord) ? Buffer.from(signature, "base64").toString() : signature));
}
