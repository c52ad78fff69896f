/** Gives findings their lines and columns, in the order of the file. */
import type { Diagnostic } from "@parley/contract/api/system";
import type { Event } from "js-yaml";
import { type Finding, pathPointer } from "./finding.ts";
import { locate } from "../text/locate.ts";
import { withoutSecrets } from "./secret-places.ts";

/** Nobody reads more; the rest is counted. */
const maxDiagnostics = 200;
const maxExcerptLength = 300;

interface Source {
  text: string;
  file: string | undefined;
  /** Asked for only where there is something to place. */
  events: () => readonly Event[];
}

export function diagnosticsOf(findings: readonly Finding[], source: Source): Diagnostic[] {
  if (findings.length === 0) return [];
  // Errors first, so that a flood of warnings cannot hide one.
  const shown = [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))].slice(0, maxDiagnostics);
  const placeOf = locate(source.text, source.events(), shown.flatMap((finding) => (finding.other ? [finding.path, finding.other] : [finding.path])));
  const lineStarts = startsOfLines(source.text);
  const offsetOf = (path: Finding["path"], at: Finding["at"]): number => {
    const place = placeOf(path);
    return (at === "key" || !place.exact) && place.key >= 0 ? place.key : place.value;
  };
  const placed = shown.map((finding) => ({ finding, offset: finding.offset ?? offsetOf(finding.path, finding.at) }));
  placed.sort((one, other) => one.offset - other.offset);
  const diagnostics = placed.map(({ finding, offset }) => {
    const otherLine = finding.other ? lineAndColumn(lineStarts, offsetOf(finding.other, finding.at)).line : null;
    const place = lineAndColumn(lineStarts, offset);
    return diagnostic(finding, { file: source.file, otherLine, ...place, excerpt: excerpt(source.text, lineStarts[place.line - 1] ?? 0, finding.path) });
  });
  return findings.length > shown.length ? [...diagnostics, more(findings.length - shown.length, findings.every((finding) => !isError(finding)))] : diagnostics;
}

function isError(finding: Finding): boolean {
  return finding.severity === "error";
}

function diagnostic(finding: Finding, place: { file: string | undefined; line: number; column: number; otherLine: number | null; excerpt: string }): Diagnostic {
  return {
    code: finding.code,
    severity: finding.severity,
    message: place.otherLine === null ? finding.message : `${finding.message} (line ${place.otherLine})`,
    pointer: pathPointer(finding.path),
    ...(place.file === undefined ? {} : { file: place.file }),
    line: place.line,
    column: place.column,
    excerpt: place.excerpt,
    ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
  };
}

/** The line, for readers who may not see what secrets are in the file. */
function excerpt(text: string, start: number, path: Finding["path"]): string {
  const end = text.indexOf("\n", start);
  return withoutSecrets(text.slice(start, Math.min(end < 0 ? text.length : end, start + maxExcerptLength)).trimEnd(), path);
}

function more(count: number, onlyWarnings: boolean): Diagnostic {
  return { code: onlyWarnings ? "config-not-enforced" : "config-invalid-value", severity: onlyWarnings ? "warning" : "error", message: `and ${count} more`, pointer: "" };
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let index = text.indexOf("\n"); index >= 0; index = text.indexOf("\n", index + 1)) starts.push(index + 1);
  return starts;
}

/** Both from 1; a column counts UTF-16 units, as editors do. */
function lineAndColumn(lineStarts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lineStarts[low] as number) + 1 };
}
