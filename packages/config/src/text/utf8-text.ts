/** Whether a file's bytes are a text. What is no UTF-8 is a mistake with a place: a letter that is replaced without a word is another password, or another path. */
import { isUtf8 } from "node:buffer";

export interface Utf8Mistake {
  line: number;
  column: number;
  /** The line, with a sign in the place of what cannot be read. */
  excerpt: string;
}

const lineEnd = 10;
const replacement = "\uFFFD";
const maxExcerptLength = 300;

/** Null where all of it is UTF-8. No byte of a longer character is a line's end, so that lines can be looked at one by one. */
export function utf8Mistake(bytes: Buffer): Utf8Mistake | null {
  if (isUtf8(bytes)) return null;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(lineEnd, start);
    const row = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (!isUtf8(row)) return { line, ...placeIn(row) };
    start += row.length + 1;
  }
  return null;
}

/** The first sign that the file does not have itself. */
function placeIn(row: Buffer): Pick<Utf8Mistake, "column" | "excerpt"> {
  const text = row.toString("utf8");
  let at = text.indexOf(replacement);
  let bytesBefore = Buffer.byteLength(text.slice(0, at));
  const sign = Buffer.from(replacement);
  while (row.subarray(bytesBefore, bytesBefore + sign.length).equals(sign)) {
    const next = text.indexOf(replacement, at + 1);
    bytesBefore += Buffer.byteLength(text.slice(at, next));
    at = next;
  }
  return { column: at + 1, excerpt: text.slice(0, maxExcerptLength).trimEnd() };
}
