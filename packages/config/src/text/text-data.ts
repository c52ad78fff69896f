/** From a file's text to plain data, by the shortest way that gives what YAML says: JSON, its changed entries, block style, or all that YAML is. */
import { YAMLException, parseEvents, type Event } from "js-yaml";
import { dataOfBlock } from "./block-text.ts";
import { compose } from "./compose.ts";
import { sliceEntries, type SlicedText } from "../incremental/entry-slices.ts";
import type { Finding } from "../diagnostics/finding.ts";
import { dataOfJson } from "./json-text.ts";
import { entriesIn, type KnownReading, type LargeSection } from "../incremental/known-entries.ts";

export interface TextData {
  data: unknown;
  findings: Finding[];
  /** For finding places; null where nothing was found that has one. */
  events: readonly Event[] | null;
}

export function dataOfText(text: string, known: KnownReading | null): TextData {
  const short = dataOfJson(text) ?? (known?.text ? dataOfSlices(text, known) : null) ?? dataOfBlock(text);
  if (short !== null) return { data: short, findings: [], events: null };
  const events = eventsOf(text);
  return Array.isArray(events) ? { ...compose(text, events), events } : { data: null, findings: [events], events: [] };
}

export function eventsOf(text: string): Event[] | Finding {
  try {
    return parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const finding: Finding = { code: "config-syntax", severity: "error", message: error.reason, path: [], at: "value" };
    return error.mark ? { ...finding, offset: error.mark.position, ...syntaxAdvice(text, error.mark.position) } : finding;
  }
}

/** The one mistake that a file with variables invites: braces end a mapping in one line. */
function syntaxAdvice(text: string, offset: number): { suggestion?: string } {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset + 1);
  return /[[{][^"']*\$\{/.test(line) ? { suggestion: 'between { } and [ ] a variable stands in quotes: "${NAME}"' } : {};
}

/** Past this share of the text that is new, all of it is read at once. */
const mostChanged = 1 / 3;

function dataOfSlices(text: string, known: KnownReading): object | null {
  const before = sliceEntries(known.text ?? "");
  if (before === null || !isSliced(before, known)) return null;
  const now = sliceEntries(text);
  const data = now === null ? null : (soundData(now.rest) as Record<string, unknown> | null);
  if (now === null || data === null) return null;
  let changed = 0;
  for (const [section, slices] of now.entries) {
    if (data[section] !== null) return null;
    const entries: Record<string, unknown> = (data[section] = {});
    for (const [name, slice] of slices) {
      if (before.entries.get(section)?.get(name) === slice) entries[name] = entriesIn(known.source, section)?.[name];
      else {
        changed += slice.length;
        const entry = changed > text.length * mostChanged ? null : entryOf(section, name, slice);
        if (entry === null) return null;
        entries[name] = entry.value;
      }
    }
    // A section without any is not an empty one.
    if (slices.size === 0) data[section] = null;
  }
  return data;
}

/** Whether the slices are what YAML found in the same text. */
function isSliced({ entries }: SlicedText, { source }: KnownReading): boolean {
  for (const [section, slices] of entries) {
    const names = Object.keys(entriesIn(source, section) ?? {});
    if (names.length !== slices.size || names.some((name) => !slices.has(name))) return false;
  }
  return true;
}

function entryOf(section: LargeSection, name: string, slice: string): { value: unknown } | null {
  const entries = entriesIn(soundData(`${section}:\n${slice}`), section);
  return entries !== null && Object.keys(entries).length === 1 && Object.hasOwn(entries, name) ? { value: entries[name] } : null;
}

/** Null where something is wrong: with its place it is found in the whole. */
function soundData(text: string): unknown {
  const short = dataOfBlock(text);
  if (short !== null) return short;
  const events = eventsOf(text);
  if (!Array.isArray(events)) return null;
  const { data, findings } = compose(text, events);
  return findings.length === 0 ? data : null;
}
