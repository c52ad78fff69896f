/**
 * A JSON text without the values that are to be hidden, in one pass and without building the document: what was cut off in
 * the middle is redacted as far as it goes. White space, order and doubled names stay as they were.
 */
import { hidden } from "./credentials.ts";

export interface JsonRedaction {
  /** Segments of each pointer, unescaped. */
  readonly paths: readonly (readonly string[])[];
  isSecretName(name: string): boolean;
  /** Cleans what a string holds, still escaped. */
  cleanText(raw: string): string;
}

const mostNested = 500;
const literal = /[-+0-9A-Za-z.]+/y;
const blank = /[ \t\n\r]*/y;

interface Level {
  isArray: boolean;
  index: number;
  name: string;
  /** Which of the paths lead here. */
  paths: readonly (readonly string[])[];
}

/** Null where it is no JSON; `isCut` says that its end is missing on purpose. Several documents in a row are as good as one. */
export function redactJson(text: string, isCut: boolean, redaction: JsonRedaction): string | null {
  return new Redactor(text, isCut, redaction).run();
}

class Redactor {
  readonly #text: string;
  readonly #isCut: boolean;
  readonly #redaction: JsonRedaction;
  #at = 0;
  /** Up to here everything is in `out`. */
  #copied = 0;
  #out = "";
  #levels: Level[] = [];

  constructor(text: string, isCut: boolean, redaction: JsonRedaction) {
    this.#text = text;
    this.#isCut = isCut;
    this.#redaction = redaction;
  }

  run(): string | null {
    this.#blank();
    while (this.#at < this.#text.length) {
      if (!this.#token()) return null;
      this.#blank();
    }
    if (this.#levels.length > 0 && !this.#isCut) return null;
    return this.#out + this.#text.slice(this.#copied);
  }

  /** False where nothing in JSON looks like that. */
  #token(): boolean {
    const level = this.#levels.at(-1);
    const character = this.#text.charAt(this.#at);
    switch (character) {
      case "}":
      case "]":
        if (level === undefined || level.isArray !== (character === "]")) return false;
        this.#levels.pop();
        this.#at++;
        return true;
      case ",":
        if (level === undefined) return false;
        level.index++;
        this.#at++;
        return true;
      default:
        return level === undefined || level.isArray ? this.#value(level) : this.#member(level);
    }
  }

  #member(level: Level): boolean {
    if (this.#text[this.#at] !== '"') return false;
    const start = this.#at;
    if (!this.#skipString()) return this.#isCut;
    level.name = unescaped(this.#text.slice(start, this.#at));
    this.#blank();
    if (this.#at >= this.#text.length) return this.#isCut;
    if (this.#text[this.#at] !== ":") return false;
    this.#at++;
    this.#blank();
    return this.#at >= this.#text.length ? this.#isCut : this.#value(level);
  }

  #value(level: Level | undefined): boolean {
    const key = level === undefined ? null : level.isArray ? String(level.index) : level.name;
    const paths = key === null ? this.#redaction.paths : level === undefined || level.paths.length === 0 ? none : level.paths.filter((path) => path[this.#levels.length - 1] === key);
    const depth = this.#levels.length;
    const isHidden = paths.some((path) => path.length === depth) || (level !== undefined && !level.isArray && this.#redaction.isSecretName(level.name));
    if (isHidden) return this.#hide();
    const character = this.#text[this.#at];
    if (character === "{" || character === "[") return this.#enter(character === "[", paths);
    return character === '"' ? this.#string() : this.#literal();
  }

  #enter(isArray: boolean, paths: Level["paths"]): boolean {
    if (this.#levels.length >= mostNested) return false;
    this.#levels.push({ isArray, index: 0, name: "", paths });
    this.#at++;
    return true;
  }

  #string(): boolean {
    const start = this.#at;
    if (!this.#skipString() && !this.#isCut) return false;
    const raw = this.#text.slice(start, this.#at);
    const clean = this.#redaction.cleanText(raw);
    if (clean !== raw) this.#replace(start, clean);
    return true;
  }

  #literal(): boolean {
    literal.lastIndex = this.#at;
    const match = literal.exec(this.#text);
    if (match === null) return false;
    this.#at = literal.lastIndex;
    return true;
  }

  /** The value from here on, however deep it is. */
  #hide(): boolean {
    const start = this.#at;
    if (!this.#skipValue()) return false;
    this.#replace(start, `"${hidden}"`);
    return true;
  }

  #skipValue(): boolean {
    const character = this.#text[this.#at];
    if (character === '"') return this.#skipString() || this.#isCut;
    if (character !== "{" && character !== "[") return this.#literal();
    let depth = 0;
    while (this.#at < this.#text.length) {
      const next = this.#text[this.#at];
      if (next === '"') {
        if (!this.#skipString()) return this.#isCut;
        continue;
      }
      this.#at++;
      if (next === "{" || next === "[") depth++;
      else if ((next === "}" || next === "]") && --depth === 0) return true;
    }
    return this.#isCut;
  }

  /** Past the closing quote; false where there is none, and then at the end. */
  #skipString(): boolean {
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const unit = this.#text.charCodeAt(at);
      if (unit === 92) at++;
      else if (unit === 34) {
        this.#at = at + 1;
        return true;
      }
    }
    this.#at = this.#text.length;
    return false;
  }

  #replace(start: number, by: string): void {
    this.#out += this.#text.slice(this.#copied, start) + by;
    this.#copied = this.#at;
  }

  #blank(): void {
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = blank.lastIndex;
  }
}

const none: Level["paths"] = [];

function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
