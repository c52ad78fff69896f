/** Text of strangers for a terminal: whatever could move the cursor, colour or hide something is shown as its code point. */

/** C0 and C1 controls, DEL, line and paragraph separators, and what turns the direction of writing. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for.
const active = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

export function inert(text: string): string {
  return text.replaceAll(active, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for JSON, which stays JSON: of what is active only line breaks stand outside its texts. */
export function inertJson(json: string): string {
  return json.replaceAll(active, (character) => (character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`));
}
