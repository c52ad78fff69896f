/** Text of strangers within a sentence of ours: what would turn the direction of all that follows is shown as its code point. */

/** Marks, embeddings, overrides and isolates (Unicode Standard Annex 9, section 2). */
const directing = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function oneDirection(text: string): string {
  return text.replaceAll(directing, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
