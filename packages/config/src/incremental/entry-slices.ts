/**
 * The entries of a file's large sections as pieces of its text, found by their indentation alone. A piece that has not changed
 * means what it meant before: in a mapping of YAML's block style, entries begin in one column, what belongs to an entry is
 * indented deeper, and without anchors and tags nothing in one entry is about another.
 */
import { type LargeSection, largeSections } from "./known-entries.ts";

export interface SlicedText {
  /** The text without the entries. */
  rest: string;
  /** By section and name. */
  entries: Map<LargeSection, Map<string, string>>;
}

const reference = /(?:^|[\s[{,:])[&*!][^\s]/m;
const topLevel = /([A-Za-z]+):(?= |\n|$)(?: *(#[^\n]*)?(?=\n|$))?/y;
const entryName = /(?:([A-Za-z0-9][\w.-]*)|"([^"\\\n]*)"):(?= |\n|$)/y;

/** Null where it is not written like that. */
export function sliceEntries(text: string): SlicedText | null {
  if (text.includes("\r") || text.includes("\t") || reference.test(text)) return null;
  const slicer = new Slicer(text);
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    if (!slicer.line(start)) return null;
    start = end === -1 ? text.length : end + 1;
  }
  return slicer.end();
}

class Slicer {
  readonly #text: string;
  readonly #entries: SlicedText["entries"] = new Map();
  #rest = "";
  /** Up to here everything is in an entry or in the rest. */
  #taken = 0;
  #section: Map<string, string> | null = null;
  /** Of the section's entries; -1 before the first. */
  #indent = -1;
  #name: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** False where it is no line of such a file. */
  line(start: number): boolean {
    let at = start;
    while (this.#text.charCodeAt(at) === 32) at++;
    const character = this.#text.charCodeAt(at);
    // Blank, or a comment: of whatever it stands in.
    if (at >= this.#text.length || character === 10 || character === 35) return true;
    if (at === start) return this.#topLevel(start);
    if (this.#section === null) return true;
    if (this.#indent === -1) this.#indent = at - start;
    if (at - start < this.#indent) return false;
    return at - start > this.#indent || this.#entry(start, at);
  }

  end(): SlicedText {
    this.#close(this.#text.length);
    this.#rest += this.#text.slice(this.#taken);
    return { rest: this.#rest, entries: this.#entries };
  }

  #topLevel(start: number): boolean {
    this.#close(start);
    this.#section = null;
    topLevel.lastIndex = start;
    const found = topLevel.exec(this.#text);
    if (found === null) return false;
    const section = largeSections.find((name) => name === found[1]);
    const end = start + found[0].length;
    if (section === undefined || (end < this.#text.length && this.#text.charCodeAt(end) !== 10)) return true;
    if (this.#entries.has(section)) return false;
    this.#entries.set(section, (this.#section = new Map<string, string>()));
    this.#indent = -1;
    return true;
  }

  #entry(start: number, at: number): boolean {
    this.#close(start);
    entryName.lastIndex = at;
    const found = entryName.exec(this.#text);
    const name = found?.[1] ?? found?.[2];
    if (name === undefined || this.#section?.has(name)) return false;
    this.#name = name;
    this.#rest += this.#text.slice(this.#taken, start);
    this.#taken = start;
    return true;
  }

  #close(end: number): void {
    if (this.#name === null) return;
    this.#section?.set(this.#name, this.#text.slice(this.#taken, end));
    this.#taken = end;
    this.#name = null;
  }
}
