// Hot path: every text of a guarded call.
/** Finds what a guardrail looks for in a text: the built-in detectors, and the operator's patterns by RE2, in linear time. */
import type { DetectorName } from "@parley/contract/config/ai-guardrails";
import { RE2JS } from "re2js";
import { type Detector, detectorsOf } from "./detectors.ts";

export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

interface Pattern {
  readonly name: string;
  readonly expression: ReturnType<typeof RE2JS.compile>;
  /** How much of a stream's end may still become a match. */
  readonly window: number;
}

/** A match of a pattern that is longer is found in whole texts; in a stream only if a chunk has it whole. */
const patternWindow = 256;
/** A run that goes on for longer than any match is none. */
const maxFindings = 10_000;

export class TextRule {
  readonly #detectors: readonly Detector[];
  readonly #patterns: readonly Pattern[];

  constructor({ detect, patterns }: { detect: readonly DetectorName[]; patterns: Readonly<Record<string, string>> }) {
    this.#detectors = detectorsOf(detect);
    this.#patterns = Object.entries(patterns).map(([name, source]) => ({ name, expression: RE2JS.compile(source), window: isLiteral(source) ? source.length - 1 : patternWindow }));
  }

  get isEmpty(): boolean {
    return this.#detectors.length === 0 && this.#patterns.length === 0;
  }

  /** In order, without overlap. */
  find(text: string): Finding[] {
    const findings: Finding[] = [];
    for (const detector of this.#detectors) {
      for (const match of text.matchAll(detector.pattern)) {
        if (detector.accepts && !detector.accepts(match[0])) continue;
        findings.push({ start: match.index, end: match.index + match[0].length, kind: detector.name });
        if (findings.length >= maxFindings) break;
      }
    }
    for (const { name, expression } of this.#patterns) {
      const matcher = expression.matcher(text);
      while (findings.length < maxFindings && matcher.find()) if (matcher.end() > matcher.start()) findings.push({ start: matcher.start(), end: matcher.end(), kind: name });
    }
    return withoutOverlap(findings);
  }

  /** Where the part of an unfinished text begins that may still become a match. */
  openFrom(text: string): number {
    let from = text.length;
    for (const detector of this.#detectors) from = Math.min(from, openRun(text, detector));
    for (const { window } of this.#patterns) from = Math.min(from, Math.max(0, text.length - window));
    // A match that reaches the end may go on, and a character behind it may undo it.
    for (const { start, end } of this.find(text)) if (end > from || end === text.length) from = Math.min(from, start);
    return from;
  }
}

function openRun(text: string, { name, run, maxLength }: Detector): number {
  if (name === "private-key") {
    const begin = text.lastIndexOf("-----BEGIN ");
    if (begin !== -1 && text.length - begin < maxLength && !/-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----/.test(text.slice(begin))) return begin;
  }
  let from = text.length;
  const least = Math.max(0, text.length - maxLength);
  while (from > least && run.test(text[from - 1] ?? "")) from--;
  return from;
}

function withoutOverlap(findings: Finding[]): Finding[] {
  if (findings.length < 2) return findings;
  const kept: Finding[] = [];
  for (const finding of findings.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    const last = kept.at(-1);
    if (!last || finding.start >= last.end) kept.push(finding);
    else if (finding.end > last.end) kept[kept.length - 1] = { ...last, end: finding.end };
  }
  return kept;
}

function isLiteral(source: string): boolean {
  return !/[\\^$.|?*+()[\]{}]/.test(source);
}

/** The text with its findings blacked out. */
export function redacted(text: string, findings: readonly Finding[]): string {
  let out = "";
  let at = 0;
  for (const { start, end, kind } of findings) {
    out += `${text.slice(at, start)}[redacted: ${kind}]`;
    at = end;
  }
  return out + text.slice(at);
}
