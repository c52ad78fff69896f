/**
 * Descriptions that somebody else has written, as CommonMark (OpenAPI 3.1 §4.2.1): paragraphs, lists, code, strong words and
 * http(s) links are taken from it, and everything else, markup of HTML above all, stays the text that it is.
 */
import { cut, type Block, type Inline } from "./blocks.ts";

const mostInlines = 2_000;

export function proseOf(text: string | null, longest: number): Block[] {
  if (text === null || text.trim() === "") return [];
  const blocks: Block[] = [];
  const lines = cut(text, longest).split(/\r\n?|\n/);
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    const end = endOfBlock(lines, at);
    if (isFence(line)) blocks.push({ kind: "code", text: lines.slice(at + 1, isFence(lines[end - 1] ?? "") && end - 1 > at ? end - 1 : end).join("\n") });
    else if (isItem(line)) blocks.push({ kind: "list", items: itemsOf(lines.slice(at, end)) });
    else if (line.trim() !== "") blocks.push({ kind: "paragraph", text: inlinesOf(lines.slice(at, end).join(" ").replace(/^\s*#{1,6}\s+/, "")) });
    at = end;
  }
  return blocks;
}

function endOfBlock(lines: readonly string[], from: number): number {
  const first = lines[from] as string;
  let at = from + 1;
  if (first.trim() === "") return at;
  if (isFence(first)) {
    while (at < lines.length && !isFence(lines[at] as string)) at++;
    return Math.min(at + 1, lines.length);
  }
  while (at < lines.length && (lines[at] as string).trim() !== "" && !isFence(lines[at] as string) && (isItem(first) || !isItem(lines[at] as string))) at++;
  return at;
}

function isFence(line: string): boolean {
  return /^ {0,3}(?:```|~~~)/.test(line);
}

function isItem(line: string): boolean {
  return /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s+\S/.test(line);
}

/** A line that begins no item belongs to the one before. */
function itemsOf(lines: readonly string[]): { depth: number; text: Inline[] }[] {
  const items: { depth: number; text: string }[] = [];
  for (const line of lines) {
    const [, indent = "", text] = /^(\s{0,8})(?:[-*+]|\d{1,3}[.)])\s+(.*)$/.exec(line) ?? [];
    const last = items.at(-1);
    if (text !== undefined) items.push({ depth: indent.length > 1 ? 1 : 0, text });
    else if (last) last.text += ` ${line.trim()}`;
  }
  return items.map(({ depth, text }) => ({ depth, text: inlinesOf(text) }));
}

/** One pass without nesting, so that no text takes more than linear time. */
const marks = /`([^`]{1,500})`|\*\*([^*]{1,500})\*\*|\[([^[\]]{1,300})\]\(([^()\s]{1,1000})\)/g;

export function inlinesOf(text: string): Inline[] {
  const found: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    if (found.length > mostInlines) break;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push(inlineOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

function inlineOf([whole, code, strong, text, target]: RegExpExecArray): Inline {
  if (code !== undefined) return { code };
  if (strong !== undefined) return { strong };
  return text !== undefined && target !== undefined && isWebAddress(target) ? { link: target, text } : whole;
}

export function isWebAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}
