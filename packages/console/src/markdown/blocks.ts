/** Markdown as blocks and spans, as far as models write it. What is not understood stays text; nothing is ever HTML. */

export type Block =
  | { kind: "heading"; level: number; text: string }
  | { kind: "code"; language: string; text: string }
  | { kind: "list"; ordered: boolean; items: string[] }
  | { kind: "quote"; text: string }
  | { kind: "table"; head: string[]; rows: string[][] }
  | { kind: "rule" }
  | { kind: "paragraph"; text: string };

export function blocksOf(source: string): Block[] {
  const lines = source.split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const read = blockAt(lines, at);
    if (read.block) blocks.push(read.block);
    at = read.next;
  }
  return blocks;
}

interface Read {
  block: Block | null;
  next: number;
}

const item = /^\s{0,6}(?:([-*+])|\d{1,9}[.)])\s+(.*)$/;

function blockAt(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? "";
  if (line.trim() === "") return { block: null, next: at + 1 };
  const fence = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(line);
  if (fence) return codeAt(lines, at, fence);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return { block: { kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" }, next: at + 1 };
  if (/^\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/.test(line)) return { block: { kind: "rule" }, next: at + 1 };
  if (line.startsWith(">")) return quoteAt(lines, at);
  if (item.test(line)) return listAt(lines, at);
  if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) return tableAt(lines, at);
  return paragraphAt(lines, at);
}

/** A fence that is not closed yet holds the rest: a stream is read while it comes. */
function codeAt(lines: readonly string[], at: number, [, fence = "```", language = ""]: RegExpExecArray): Read {
  const end = lines.findIndex((line, index) => index > at && line.trim().startsWith(fence));
  const last = end === -1 ? lines.length : end;
  return { block: { kind: "code", language, text: lines.slice(at + 1, last).join("\n") }, next: last + 1 };
}

function quoteAt(lines: readonly string[], at: number): Read {
  const next = endOf(lines, at, (line) => line.startsWith(">"));
  return { block: { kind: "quote", text: lines.slice(at, next).map((line) => line.replace(/^>\s?/, "")).join("\n") }, next };
}

function listAt(lines: readonly string[], at: number): Read {
  const ordered = !item.exec(lines[at] ?? "")?.[1];
  const next = endOf(lines, at, (line) => line.trim() !== "" && (item.test(line) || /^\s/.test(line)));
  const items: string[] = [];
  for (const line of lines.slice(at, next)) {
    const found = item.exec(line);
    if (found) items.push(found[2] ?? "");
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return { block: { kind: "list", ordered, items }, next };
}

function tableAt(lines: readonly string[], at: number): Read {
  const next = endOf(lines, at + 2, (line) => line.includes("|"));
  const cells = (line: string): string[] => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  return { block: { kind: "table", head: cells(lines[at] ?? ""), rows: lines.slice(at + 2, next).map(cells) }, next };
}

function paragraphAt(lines: readonly string[], at: number): Read {
  const next = endOf(lines, at + 1, (line) => line.trim() !== "" && !/^(?:#{1,6}\s|>|\s{0,3}(?:`{3}|~{3}))/.test(line) && !item.test(line));
  return { block: { kind: "paragraph", text: lines.slice(at, next).join("\n") }, next };
}

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  let next = from;
  while (next < lines.length && belongs(lines[next] ?? "")) next += 1;
  return next;
}

export interface Span {
  kind: "text" | "code" | "strong" | "emphasis" | "link";
  text: string;
  /** Shown and never followed. */
  address?: string;
}

const marks = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])|!?\[([^\]\n]{0,500})\]\(([^)\s]{1,2000})\)/g;

export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > at) spans.push({ kind: "text", text: text.slice(at, match.index) });
    spans.push(spanOf(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) spans.push({ kind: "text", text: text.slice(at) });
  return spans;
}

function spanOf([whole, code, strong, emphasis, label, address]: RegExpExecArray): Span {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", text: strong };
  if (emphasis !== undefined) return { kind: "emphasis", text: emphasis };
  return address === undefined ? { kind: "text", text: whole } : { kind: "link", text: label ?? "", address };
}
