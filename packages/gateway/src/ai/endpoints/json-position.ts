/** Where a text stops being JSON. The runtime's own message does not always say it. Used for refusals only, never for a good text. */

const token = /[ \t\r\n]*(?:([{}[\],:"])|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const space = /[ \t\r\n]*/y;

type Expectation = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end";

export interface JsonPosition {
  /** In characters, from 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Null for a text that is JSON. */
export function findJsonFault(text: string): JsonPosition | null {
  const open: ("{" | "[")[] = [];
  let expected: Expectation | null = "value";
  let at = 0;
  while (expected !== null) {
    token.lastIndex = at;
    const match = token.exec(text);
    const next: Expectation | null | undefined = match ? after(expected, open, match[1]) : undefined;
    if (next === undefined) return positionAt(text, skipSpace(text, at));
    at = token.lastIndex;
    if (match?.[1] === '"') {
      const string = skipString(text, at);
      if (string.isFault) return positionAt(text, string.at);
      at = string.at;
    }
    expected = next;
  }
  const end = skipSpace(text, at);
  return end === text.length ? null : positionAt(text, end);
}

/** What may follow; null when the text is complete, undefined when the token may not stand here. */
function after(expected: Expectation, open: ("{" | "[")[], mark: string | undefined): Expectation | null | undefined {
  if (mark === "}" || mark === "]") return close(expected, open, mark);
  if (expected === "colon") return mark === ":" ? "value" : undefined;
  if (expected === "comma-or-end") return mark === "," ? (open.at(-1) === "{" ? "key" : "value") : undefined;
  if (expected === "key" || expected === "key-or-end") return mark === '"' ? "colon" : undefined;
  if (mark === "{" || mark === "[") {
    open.push(mark);
    return mark === "{" ? "key-or-end" : "value-or-end";
  }
  if (mark !== undefined && mark !== '"') return undefined;
  return open.length === 0 ? null : "comma-or-end";
}

function close(expected: Expectation, open: ("{" | "[")[], mark: "}" | "]"): Expectation | null | undefined {
  const fits = mark === "}" ? expected === "key-or-end" : expected === "value-or-end";
  if ((!fits && expected !== "comma-or-end") || open.at(-1) !== (mark === "}" ? "{" : "[")) return undefined;
  open.pop();
  return open.length === 0 ? null : "comma-or-end";
}

/** From behind an opening quote to behind the closing one, or to what may not stand in a string. By hand: strings can be megabytes. */
function skipString(text: string, start: number): { at: number; isFault: boolean } {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { at: at + 1, isFault: false };
    if (code < 0x20) break;
    if (code !== 0x5c) {
      at += 1;
      continue;
    }
    escaped.lastIndex = at;
    if (!escaped.test(text)) break;
    at = escaped.lastIndex;
  }
  return { at, isFault: true };
}

function skipSpace(text: string, at: number): number {
  space.lastIndex = at;
  return at + (space.exec(text)?.[0].length ?? 0);
}

function positionAt(text: string, offset: number): JsonPosition {
  const before = text.slice(0, offset);
  return { offset, line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
