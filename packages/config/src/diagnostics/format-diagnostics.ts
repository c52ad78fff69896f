/** Diagnostics as a terminal shows them: place, line, caret, what to do. */
import type { Diagnostic } from "@parley/contract/api/system";

export interface FormatOptions {
  /** Escape sequences for colour; off unless the output is a terminal. */
  colour?: boolean;
  /** How `parley explain` is called here. */
  command?: string;
}

/** Lines are cut to this width around the caret. */
const maxLineWidth = 120;

/** An empty `text` stands for one that is not at hand; then the diagnostics' own excerpts are shown. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], text: string, options: FormatOptions = {}): string {
  const lines = text === "" ? [] : text.split(/\r?\n/);
  const paint = options.colour === true ? colours : plain;
  const blocks = diagnostics.map((diagnostic) => block(diagnostic, lines, { paint, command: options.command ?? "./parley" }));
  return `${[...blocks, summary(diagnostics)].join("\n\n")}\n`;
}

type Paint = Record<"error" | "warning" | "quiet" | "strong", (text: string) => string>;

const plain: Paint = { error: (text) => text, warning: (text) => text, quiet: (text) => text, strong: (text) => text };
const colours: Paint = {
  error: (text) => `\u001B[1;31m${text}\u001B[0m`,
  warning: (text) => `\u001B[1;33m${text}\u001B[0m`,
  quiet: (text) => `\u001B[2m${text}\u001B[0m`,
  strong: (text) => `\u001B[1m${text}\u001B[0m`,
};

function block(diagnostic: Diagnostic, lines: readonly string[], look: { paint: Paint; command: string }): string {
  const { paint } = look;
  const head = `${paint[diagnostic.severity](`${diagnostic.severity}[${diagnostic.code}]`)}${paint.strong(`: ${diagnostic.message}`)}`;
  const place = [diagnostic.file ?? "configuration", diagnostic.line, diagnostic.column].filter((part) => part !== undefined).join(":");
  const margin = " ".repeat(String(diagnostic.line ?? "").length);
  const rows = [head, `${margin}${paint.quiet("-->")} ${place}`];
  const line = diagnostic.line === undefined ? undefined : (lines[diagnostic.line - 1] ?? diagnostic.excerpt);
  if (line !== undefined) {
    const cut = excerpt(line, diagnostic.column ?? 1);
    const bar = paint.quiet("|");
    rows.push(`${margin} ${bar}`, `${paint.quiet(String(diagnostic.line))} ${bar} ${cut.text}`);
    rows.push(`${margin} ${bar} ${" ".repeat(cut.caret)}${paint[diagnostic.severity]("^".repeat(cut.width))}`);
  }
  if (diagnostic.suggestion !== undefined) rows.push(`${margin} ${paint.quiet("=")} ${diagnostic.suggestion}`);
  rows.push(`${margin} ${paint.quiet(`= ${look.command} explain ${diagnostic.code}`)}`);
  return rows.join("\n");
}

/** The part of the line that fits, and where in it the caret stands. Tabs become one space, so that the caret stays in place. */
function excerpt(line: string, column: number): { text: string; caret: number; width: number } {
  const clean = line.replaceAll(/\p{Cc}/gu, " ");
  const start = Math.max(0, Math.min(column - 1 - maxLineWidth / 2, clean.length - maxLineWidth));
  const token = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\{[^}]*\}|[^\s:,[\]{}]+(?::(?!\s)[^\s,[\]{}]+)*)/.exec(clean.slice(column - 1));
  const text = clean.slice(start, start + maxLineWidth);
  return { text, caret: column - 1 - start, width: Math.max(1, Math.min(token?.[0].length ?? 1, text.length - (column - 1 - start))) };
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
  return [count(errors, "error"), count(diagnostics.length - errors, "warning")].filter((part) => part !== "").join(", ");
}

function count(number: number, what: string): string {
  return number === 0 ? "" : `${number} ${what}${number === 1 ? "" : "s"}`;
}
