// Hot path: every piece of every guarded stream.
/**
 * One text while it comes, in whatever pieces: gives out what can no longer become a finding, and holds back the rest.
 * What it gives out all together is what redacting the whole text gives, wherever the pieces were cut.
 */
import { type Finding, redacted, type TextRule } from "./text-rule.ts";

/** So much that was given out already is looked at again, for what has to stand before a match. */
const contextLength = 64;
/** What is held back for longer than this is decided as it stands. */
const maxHeld = 64 * 1024;

export class TextStream {
  readonly #rule: TextRule;
  readonly #change: boolean;
  #context = "";
  #held = "";

  /** Without `change` findings are told and the text stays. */
  constructor(rule: TextRule, change: boolean) {
    this.#rule = rule;
    this.#change = change;
  }

  push(piece: string): { text: string; findings: Finding[] } {
    this.#held += piece;
    const whole = this.#context + this.#held;
    const from = this.#held.length > maxHeld ? whole.length : Math.max(this.#context.length, this.#rule.openFrom(whole));
    return this.#give(whole, from);
  }

  finish(): { text: string; findings: Finding[] } {
    const whole = this.#context + this.#held;
    return this.#give(whole, whole.length);
  }

  #give(whole: string, until: number): { text: string; findings: Finding[] } {
    const begin = this.#context.length;
    if (until === begin) return { text: "", findings: [] };
    // All of the text is looked at, so that what follows can undo a match as it does in the whole.
    const findings = this.#rule.find(whole).filter(({ start, end }) => start >= begin && end <= until).map((finding) => ({ ...finding, start: finding.start - begin, end: finding.end - begin }));
    const given = whole.slice(begin, until);
    this.#context = whole.slice(Math.max(0, until - contextLength), until);
    this.#held = whole.slice(until);
    return { text: this.#change ? redacted(given, findings) : given, findings };
  }
}
