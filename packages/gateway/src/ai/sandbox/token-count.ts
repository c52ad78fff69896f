/** The sandbox's tokens are words, so that anybody can count them. */
export function countTokens(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
