/** Cuts a query into words: separated by blanks, with quotes holding blanks together; `\` keeps the character after it inside quotes. */
import type { Place, QueryError } from "./query.ts";

/** A part of a word: what was quoted is never an operator. */
export interface Piece extends Place {
  text: string;
  quoted: boolean;
}

export interface Word extends Place {
  pieces: Piece[];
}

export function wordsOf(text: string): { words: Word[]; errors: QueryError[] } {
  const words: Word[] = [];
  const errors: QueryError[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text, at)) {
      at++;
      continue;
    }
    const word = wordAt(text, at, errors);
    words.push(word);
    at = word.to;
  }
  return { words, errors };
}

function wordAt(text: string, from: number, errors: QueryError[]): Word {
  const pieces: Piece[] = [];
  let at = from;
  while (at < text.length && !isBlank(text, at)) {
    const piece = text[at] === '"' ? quotedAt(text, at, errors) : plainAt(text, at);
    pieces.push(piece);
    at = piece.to;
  }
  return { from, to: at, pieces };
}

function plainAt(text: string, from: number): Piece {
  let at = from;
  while (at < text.length && !isBlank(text, at) && text[at] !== '"') at++;
  return { from, to: at, text: text.slice(from, at), quoted: false };
}

function quotedAt(text: string, from: number, errors: QueryError[]): Piece {
  let content = "";
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '"') return { from, to: at + 1, text: content, quoted: true };
    if (text[at] === "\\" && at + 1 < text.length) at++;
    content += text[at];
  }
  errors.push({ from, to: text.length, message: "the quote is not closed", suggestion: `${text.slice(from)}"` });
  return { from, to: text.length, text: content, quoted: true };
}

function isBlank(text: string, at: number): boolean {
  return /\s/.test(text[at] as string);
}
