/**
 * What stands in one line of a block-style file: keys, scalars, and collections in braces and brackets. It reads what means
 * one thing only; whatever else YAML may allow or refuse there is `unusual`, and read by the library.
 */
import { plainScalar } from "./plain-scalar.ts";

/** Thrown where YAML has to say what it is, or what is wrong with it. */
export class Unusual extends Error {}

const [newline, space, quote, hash, apostrophe, comma, dash, colon] = [10, 32, 34, 35, 39, 44, 45, 58];
const [leftBracket, rightBracket, backslash, leftBrace, rightBrace] = [91, 93, 92, 123, 125];
const maxDepth = 50;
const maxKeyLength = 500;
/** The escapes that mean the same in YAML and in JSON. */
const jsonEscapes = /^(?:[^\\]|\\["\\/nrtbf])*$/;

/** Of a plain scalar's first character, where the next one does not matter. */
const begins = tableOf((code) => code > space && !"-?:,[]{}#&*!|>'\"%@`".includes(String.fromCharCode(code)));
const endsInFlow = tableOf((code) => [comma, leftBracket, rightBracket, leftBrace, rightBrace].includes(code));
/** Those that look like a number, a boolean or null begin with one of these. */
const mayBeTyped = tableOf((code) => "~nNtTfF+-.0123456789".includes(String.fromCharCode(code)));

export class InlineText {
  readonly text: string;
  at = 0;
  /** Of whatever encloses what is read. */
  depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** A value that ends with its line; `at` is then at the line's end. */
  value(): unknown {
    const value = this.#enclosed();
    if (value === undefined) return scalarOf(this.#plainInBlock());
    this.endLine();
    return value;
  }

  /** The key that begins here, and `at` behind its colon; null where none does. */
  key(): string | null {
    const start = this.at;
    const code = this.text.charCodeAt(start);
    const key = code === quote || code === apostrophe ? this.#quoted(code) : this.#plainKey();
    if (key !== null && this.text.charCodeAt(this.at) === colon && endsToken(this.text.charCodeAt(this.at + 1))) {
      this.at++;
      return soundKey(key);
    }
    this.at = start;
    return null;
  }

  /** Nothing but a comment may follow. */
  endLine(): void {
    const end = this.at;
    this.skipSpaces();
    const code = this.text.charCodeAt(this.at);
    if (code === hash && this.at > end) this.skipLine();
    else if (code !== newline && this.at < this.text.length) throw new Unusual();
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === space) this.at++;
  }

  skipLine(): void {
    const end = this.text.indexOf("\n", this.at);
    this.at = end === -1 ? this.text.length : end;
  }

  enter(): void {
    if (++this.depth > maxDepth) throw new Unusual();
  }

  /** Undefined where it is none of those that say themselves where they end. */
  #enclosed(): unknown {
    const code = this.text.charCodeAt(this.at);
    if (code === quote || code === apostrophe) return this.#quoted(code);
    if (code === leftBrace) return this.#mapping();
    return code === leftBracket ? this.#sequence() : undefined;
  }

  #mapping(): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    this.enter();
    for (this.#step(); this.text.charCodeAt(this.at) !== rightBrace; this.#separate(rightBrace)) {
      put(entries, this.#keyInFlow(), this.#valueInFlow());
    }
    this.at++;
    this.depth--;
    return entries;
  }

  #sequence(): unknown[] {
    const items: unknown[] = [];
    this.enter();
    for (this.#step(); this.text.charCodeAt(this.at) !== rightBracket; this.#separate(rightBracket)) items.push(this.#valueInFlow());
    this.at++;
    this.depth--;
    return items;
  }

  /** Over a bracket, a comma or a colon. */
  #step(): void {
    this.at++;
    this.skipSpaces();
  }

  #separate(end: number): void {
    this.skipSpaces();
    const code = this.text.charCodeAt(this.at);
    if (code === comma) this.#step();
    else if (code !== end) throw new Unusual();
  }

  #keyInFlow(): string {
    const code = this.text.charCodeAt(this.at);
    const isQuoted = code === quote || code === apostrophe;
    const key = isQuoted ? this.#quoted(code) : this.#plainInFlow();
    if (this.text.charCodeAt(this.at) !== colon || (!isQuoted && this.text.charCodeAt(this.at + 1) !== space)) throw new Unusual();
    this.#step();
    return soundKey(key);
  }

  #valueInFlow(): unknown {
    const value = this.#enclosed();
    return value === undefined ? scalarOf(this.#plainInFlow()) : value;
  }

  #quoted(mark: number): string {
    const { text } = this;
    const start = ++this.at;
    let isEscaped = false;
    for (; ; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === newline || this.at >= text.length) throw new Unusual();
      if (code === backslash && mark === quote) this.at++;
      else if (code !== mark) continue;
      else if (mark === quote || text.charCodeAt(this.at + 1) !== apostrophe) break;
      else this.at++;
      isEscaped = true;
    }
    const inside = text.slice(start, this.at++);
    if (!isEscaped) return inside;
    if (mark === apostrophe) return inside.replaceAll("''", "'");
    if (!jsonEscapes.test(inside)) throw new Unusual();
    return JSON.parse(`"${inside}"`) as string;
  }

  /** Null where it is not followed by a colon; in a key there are no spaces. */
  #plainKey(): string | null {
    const { text } = this;
    const start = this.at;
    if (!this.#begins()) return null;
    for (; ; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === colon ? endsToken(text.charCodeAt(this.at + 1)) : code === space || code === newline || this.at >= text.length) break;
    }
    return text.charCodeAt(this.at) === colon ? text.slice(start, this.at) : null;
  }

  #plainInBlock(): string {
    const { text } = this;
    const start = this.at;
    if (!this.#begins()) throw new Unusual();
    let end = start;
    let before = 0;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === newline) break;
      if (code === colon && endsToken(text.charCodeAt(this.at + 1))) throw new Unusual();
      if (code === hash && before === space) {
        this.skipLine();
        break;
      }
      if (code !== space) end = this.at + 1;
      before = code;
    }
    return text.slice(start, end);
  }

  /** Up to the comma, the bracket or the colon that ends it. */
  #plainInFlow(): string {
    const { text } = this;
    const start = this.at;
    if (!this.#begins()) throw new Unusual();
    let end = start;
    for (; ; this.at++) {
      const code = text.charCodeAt(this.at);
      if (endsInFlow[code] === 1) break;
      if (code === colon && (endsToken(text.charCodeAt(this.at + 1)) || endsInFlow[text.charCodeAt(this.at + 1)] === 1)) break;
      if (code === newline || code === hash || this.at >= text.length) throw new Unusual();
      if (code !== space) end = this.at + 1;
    }
    if (end !== this.at && text.charCodeAt(this.at) === colon) throw new Unusual();
    return text.slice(start, end);
  }

  /** A dash begins a plain scalar only before a digit, as far as this goes. */
  #begins(): boolean {
    const code = this.text.charCodeAt(this.at);
    if (begins[code] === 1 || code >= 128) return true;
    const next = this.text.charCodeAt(this.at + 1);
    return code === dash && ((next >= 48 && next <= 57) || next === 46);
  }
}

/** Throws where the key is there already. */
export function put(entries: Record<string, unknown>, key: string, value: unknown): void {
  if (entries[key] !== undefined && Object.hasOwn(entries, key)) throw new Unusual();
  entries[key] = value;
}

function soundKey(key: string): string {
  if (key === "__proto__" || key === "<<" || key.length > maxKeyLength) throw new Unusual();
  return key;
}

function scalarOf(text: string): unknown {
  return mayBeTyped[text.charCodeAt(0)] === 1 ? plainScalar(text) : text;
}

/** A space, the line's end or the text's. */
function endsToken(code: number): boolean {
  return code === space || code === newline || Number.isNaN(code);
}

function tableOf(isIn: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (isIn(code) ? 1 : 0));
}
