/** Shows what the server found in a file; errors end the command. */
import type { Diagnostic } from "@parley/contract/api/system";
import { formatDiagnostics } from "@parley/config";
import type { Terminal } from "./terminal.ts";

/** True where there is no error. With --json they are in the document that the command prints anyway. */
export function showDiagnostics(terminal: Terminal, diagnostics: readonly Diagnostic[], file: { text: string; json: boolean }): boolean {
  if (diagnostics.length > 0 && !file.json) terminal.error(`${formatDiagnostics(diagnostics, file.text, { colour: terminal.colour.error })}\n`);
  return diagnostics.every((diagnostic) => diagnostic.severity !== "error");
}
