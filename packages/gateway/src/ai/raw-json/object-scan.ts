// Hot path: once for each request of up to a quarter of a megabyte that has a model answer (benchmark: ai-call).
/**
 * Holds bytes to JSON's grammar and finds members of the object that they are, in one pass that builds nothing. It takes less than
 * a parser does: what it does not know (deep nesting, garbage) it leaves to one, so that what it takes is JSON, and as a parser sees it.
 */
import { isThere, nameAmong } from "./top-level-members.ts";
import type { MemberRange, TopLevel } from "./top-level-members.ts";

export interface ScannedObject extends TopLevel {
  /** One bit for each list of watched words, the lowest for the first: some string, be it a name, may begin with one of them. */
  readonly seen: number;
}

const quote = 0x22;
const backslash = 0x5c;
/** One bit for each level, and one above them. */
const mostNested = 1 << 30;
/** What a string may hold as it is. Bytes above ASCII are letters, or what a decoder makes one of. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte !== quote && byte !== backslash ? 1 : 0));
const isEscape = Uint8Array.from({ length: 256 }, (_, byte) => ('"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0));
const isHex = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9A-Fa-f]/.test(String.fromCharCode(byte)) ? 1 : 0));
/** From here on it pays to look first whether there are control characters at all, as a writer of JSON puts none but to make it pretty. */
const largeBytes = 2048;
/** Strings are looked through so far before the next quote and the next backslash are searched for natively. */
const nearBytes = 32;
const words = ["true", "false", "null"].map((word) => Buffer.from(word));

/** Compiled once, for members of some names. */
export class ObjectScan {
  readonly names: readonly string[];
  readonly #watch: Watch;

  /** `watched` are lists of words of ASCII. */
  constructor(names: readonly string[], watched: readonly (readonly string[])[]) {
    this.names = names;
    const all = watched.flatMap((words, index) => words.map((word) => ({ word, bit: 1 << index })));
    this.#watch = { words: all, first: Uint8Array.from({ length: 256 }, (_, byte) => (all.some(({ word }) => word.charCodeAt(0) === byte) ? 1 : 0)) };
  }

  /** Null where it is no such object, or may be none. */
  of(bytes: Buffer): ScannedObject | null {
    return new Scanner(bytes, this.#watch).object(this.names);
  }
}

interface Watch {
  readonly words: readonly { readonly word: string; readonly bit: number }[];
  readonly first: Uint8Array;
}

/** Each step goes to behind what it reads; false where that is not JSON. */
class Scanner {
  readonly #bytes: Buffer;
  readonly #watch: Watch;
  /** Whatever is in a string and neither quote nor backslash may be there. */
  readonly #hasNoControls: boolean;
  #at = 0;
  #seen = 0;
  /** The first of each at or behind where it was last searched for. */
  #nextQuote = -1;
  #nextBackslash = -1;

  constructor(bytes: Buffer, watch: Watch) {
    this.#bytes = bytes;
    this.#watch = watch;
    this.#hasNoControls = bytes.length >= largeBytes && hasNoControls(bytes);
  }

  object(names: readonly string[]): ScannedObject | null {
    const bytes = this.#bytes;
    const members: Record<string, MemberRange> = {};
    let isAmbiguous = false;
    if (this.#next() !== 0x7b) return null;
    this.#at += 1;
    const isEmpty = this.#next() === 0x7d;
    while (!isEmpty) {
      const keyStart = this.#at;
      if (!this.#string()) return null;
      const keyEnd = this.#at;
      if (!this.#colon()) return null;
      const valueStart = this.#at;
      if (!this.#value()) return null;
      const name = nameAmong(bytes, { start: keyStart + 1, end: keyEnd - 1 }, names);
      if (name !== undefined) {
        isAmbiguous ||= members[name] !== undefined;
        members[name] = { keyStart, valueStart, valueEnd: this.#at };
      }
      if (this.#next() !== 0x2c) break;
      this.#at += 1;
      this.#next();
    }
    const end = this.#at;
    if (bytes[end] !== 0x7d) return null;
    this.#at += 1;
    return this.#next() === undefined ? { members, end, isEmpty, isAmbiguous, seen: this.#seen } : null;
  }

  /** The byte behind white space, which stays to be read. */
  #next(): number | undefined {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
    this.#at = at;
    return byte;
  }

  #colon(): boolean {
    if (this.#next() !== 0x3a) return false;
    this.#at += 1;
    this.#next();
    return true;
  }

  /** Without recursion: the lowest bit of `open` is the innermost level, 1 for an object. */
  #value(): boolean {
    let open = 1;
    for (;;) {
      const first = this.#bytes[this.#at];
      if (first === 0x7b || first === 0x5b) {
        if (open >= mostNested) return false;
        open = (open << 1) | (first === 0x7b ? 1 : 0);
        this.#at += 1;
        if (this.#next() !== first + 2) {
          if (first === 0x7b && !this.#key()) return false;
          continue;
        }
      } else if (!this.#scalar(first)) return false;
      else if (open === 1) return true;
      open = this.#closed(open);
      if (open === 0) return false;
      if (open === 1) return true;
    }
  }

  /** Behind a value, or before the end of an empty level: what is open when the next value begins; 1 where none comes, 0 where it is not JSON. */
  #closed(before: number): number {
    let open = before;
    for (;;) {
      const isObject = (open & 1) === 1;
      const next = this.#next();
      this.#at += 1;
      if (next === 0x2c) {
        this.#next();
        return !isObject || this.#key() ? open : 0;
      }
      if (next !== (isObject ? 0x7d : 0x5d)) return 0;
      open >>>= 1;
      if (open === 1) return 1;
    }
  }

  #key(): boolean {
    return this.#string() && this.#colon();
  }

  #scalar(first: number | undefined): boolean {
    if (first === quote) return this.#string();
    if (first === 0x74 || first === 0x66 || first === 0x6e) return this.#word();
    return this.#number();
  }

  #string(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    if (bytes[at] !== quote) return false;
    at += 1;
    if (this.#watch.first[bytes[at] as number] === 1) this.#look(at);
    for (;;) {
      if (this.#hasNoControls) at = this.#leap(at);
      while (isPlain[bytes[at] as number] === 1) at += 1;
      const byte = bytes[at];
      if (byte !== backslash) {
        this.#at = at + 1;
        return byte === quote;
      }
      const escaped = bytes[at + 1] as number;
      if (isEscape[escaped] === 1) at += 2;
      else if (escaped === 0x75 && this.#isUnicode(at + 2)) at += 6;
      else return false;
    }
  }

  /** To what ends the string or is an escape, or nearer. */
  #leap(start: number): number {
    const bytes = this.#bytes;
    for (let at = start; at < start + nearBytes; at++) if (isPlain[bytes[at] as number] !== 1) return at;
    const from = start + nearBytes;
    if (this.#nextQuote < from) this.#nextQuote = indexOrEnd(bytes, quote, from);
    if (this.#nextBackslash < from) this.#nextBackslash = indexOrEnd(bytes, backslash, from);
    return Math.min(this.#nextQuote, this.#nextBackslash);
  }

  /** A letter that is written as its number may hide any word. */
  #isUnicode(at: number): boolean {
    this.#seen = -1;
    for (let digit = at; digit < at + 4; digit++) if (isHex[this.#bytes[digit] as number] !== 1) return false;
    return true;
  }

  #look(at: number): void {
    for (const { word, bit } of this.#watch.words) if (isThere(this.#bytes, at, word)) this.#seen |= bit;
  }

  #word(): boolean {
    const bytes = this.#bytes;
    const word = words.find((each) => bytes[this.#at] === each[0]) as Buffer;
    for (const letter of word) if (bytes[this.#at++] !== letter) return false;
    return true;
  }

  #number(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] === 0x2d) this.#at += 1;
    if (bytes[this.#at] === 0x30) this.#at += 1;
    else if (!this.#digits()) return false;
    if (bytes[this.#at] === 0x2e) {
      this.#at += 1;
      if (!this.#digits()) return false;
    }
    const exponent = bytes[this.#at];
    if (exponent !== 0x65 && exponent !== 0x45) return true;
    const sign = bytes[++this.#at];
    if (sign === 0x2b || sign === 0x2d) this.#at += 1;
    return this.#digits();
  }

  #digits(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    while ((bytes[this.#at] as number) >= 0x30 && (bytes[this.#at] as number) <= 0x39) this.#at += 1;
    return this.#at > start;
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

/** Four bytes at a time. Of the highest bits of each, `word - 0x20` sets those of bytes below a blank, and `~word` leaves out what had it before. */
function hasNoControls(bytes: Buffer): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const last = bytes.length - 4;
  let found = 0;
  for (let at = 0; at < last; at += 4) {
    const word = view.getInt32(at);
    found |= (word - 0x20202020) & ~word;
  }
  const word = view.getInt32(last);
  return ((found | ((word - 0x20202020) & ~word)) & 0x80808080) === 0;
}
