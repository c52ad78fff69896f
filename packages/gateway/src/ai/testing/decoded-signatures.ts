/** An answer to a caller of Gemini's API with each signature as it was given: Google's clients take base64 only. */
export function decodedSignatures(text: string): string {
  return text.replace(/(?<="thoughtSignature":")[^"]+/g, (signature) => Buffer.from(signature, "base64").toString());
}
