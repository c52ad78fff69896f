/**
 * Files in YAML's block style, as nearly all large ones are: read in one pass, in a small part of the time that a reader of
 * all of YAML takes. What belongs to what is said by columns; what stands in a line is InlineText's. Anything unusual, and
 * any mistake, is left to the library, which knows what to say about it and where.
 */
import { InlineText, put, Unusual } from "./inline-text.ts";

const [newline, space, hash, dash] = [10, 32, 35, 45];
/** Tabs, other breaks of lines, what cannot be printed, and marks that nobody sees. */
const unusualCharacter = /[^\n -~\u00a1-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff]/;

/** Null where YAML has to say what it is, or what is wrong with it. */
export function dataOfBlock(text: string): object | null {
  if (unusualCharacter.test(text)) return null;
  try {
    return new BlockText(text).document();
  } catch (error) {
    if (error instanceof Unusual) return null;
    throw error;
  }
}

class BlockText {
  readonly #line: InlineText;
  readonly #text: string;
  /** At which what is next begins in its line; -1 at the end. */
  #column = 0;

  constructor(text: string) {
    this.#text = text;
    this.#line = new InlineText(text);
  }

  document(): object {
    this.#content();
    if (this.#column === 0 && this.#text.startsWith("---\n", this.#line.at)) {
      this.#line.skipLine();
      this.#next();
    }
    if (this.#column !== 0) throw new Unusual();
    // It ends where nothing is left, as nothing is indented less.
    return this.#mapping(0, null);
  }

  /** From a line's end to the next line with anything in it. */
  #next(): void {
    this.#line.at++;
    this.#content();
  }

  #content(): void {
    const line = this.#line;
    for (; line.at < this.#text.length; line.at++) {
      const start = line.at;
      line.skipSpaces();
      const code = this.#text.charCodeAt(line.at);
      this.#column = line.at - start;
      if (code === hash) line.skipLine();
      else if (code !== newline && line.at < this.#text.length) return;
    }
    this.#column = -1;
  }

  /** What begins here and has lines of its own. */
  #block(column: number): unknown {
    if (this.#isItem()) return this.#sequence(column);
    const key = this.#line.key();
    if (key !== null) return this.#mapping(column, key);
    const value = this.#line.value();
    this.#next();
    return value;
  }

  /** `first` is its first key where that was read already. */
  #mapping(column: number, first: string | null): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    this.#line.enter();
    let key = first ?? this.#key();
    for (;;) {
      put(entries, key, this.#valueOf(column));
      if (this.#column !== column) break;
      key = this.#key();
    }
    // Deeper than where it could go on: a scalar of several lines, or a mistake.
    if (this.#column > column) throw new Unusual();
    this.#line.depth--;
    return entries;
  }

  #key(): string {
    const key = this.#line.key();
    if (key === null) throw new Unusual();
    return key;
  }

  /** A sequence may begin in the column of its key. */
  #valueOf(column: number): unknown {
    if (!this.#isLineOver()) return this.#inLine();
    if (this.#column > column) return this.#block(this.#column);
    return this.#column === column && this.#isItem() ? this.#sequence(column) : null;
  }

  #sequence(column: number): unknown[] {
    const items: unknown[] = [];
    this.#line.enter();
    while (this.#column === column && this.#isItem()) {
      const start = this.#line.at++;
      if (this.#isLineOver()) items.push(this.#column > column ? this.#block(this.#column) : null);
      else {
        this.#column += this.#line.at - start;
        items.push(this.#block(this.#column));
      }
    }
    if (this.#column > column) throw new Unusual();
    this.#line.depth--;
    return items;
  }

  #inLine(): unknown {
    const value = this.#line.value();
    this.#next();
    return value;
  }

  /** Whether nothing but a comment follows in the line; then at the next one. */
  #isLineOver(): boolean {
    const line = this.#line;
    const start = line.at;
    line.skipSpaces();
    const code = this.#text.charCodeAt(line.at);
    if (code === hash && line.at > start) line.skipLine();
    else if (code !== newline && line.at < this.#text.length) return false;
    this.#next();
    return true;
  }

  #isItem(): boolean {
    if (this.#text.charCodeAt(this.#line.at) !== dash) return false;
    const code = this.#text.charCodeAt(this.#line.at + 1);
    return code === space || code === newline || Number.isNaN(code);
  }
}
