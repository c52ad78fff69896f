/** Shows what is wrong with a configuration file, with the lines that are wrong. */
import { formatDiagnostics } from "@parley/config";
import type { Diagnostic } from "@parley/contract/api/system";
import { readFileSync, statSync } from "node:fs";
import type { Terminal } from "./terminal.ts";

/** The error carries the findings, and the file where it is on this machine. */
export function reportConfigError(error: Error, terminal: Terminal, json: boolean): void {
  const { file = "", diagnostics } = error as Error & { file?: string; diagnostics: Diagnostic[] };
  if (json) terminal.error(`${JSON.stringify({ error: { code: diagnostics[0]?.code ?? "config-unreadable", message: error.message, diagnostics } }, null, 2)}\n`);
  else terminal.error(formatDiagnostics(diagnostics, textOf(file), { colour: terminal.colour.error }));
}

/** The file may be what cannot be read, or a pipe, which would be waited for. */
export function textOf(file: string): string {
  try {
    return statSync(file).isFile() ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  }
}
