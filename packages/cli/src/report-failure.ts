/** How a command says that it failed: for people with the fix and where to read more, for programs as one JSON document. */
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import { inertJson } from "./inert-text.ts";
import type { Terminal } from "./terminal.ts";

export function reportFailure(terminal: Terminal, failure: { code: string; message: string; fix?: string | undefined }, json: boolean): void {
  const fix = failure.fix ?? (isProblemCode(failure.code) ? problemEntry(failure.code).fix : undefined);
  if (json) return terminal.error(`${inertJson(JSON.stringify({ error: { code: failure.code, message: failure.message, ...(fix === undefined ? {} : { fix }) } }, null, 2))}\n`);
  const title = `error[${failure.code}]`;
  const lines = [`${terminal.colour.error ? `\u001B[1;31m${title}\u001B[0m` : title}: ${failure.message}`];
  if (fix !== undefined) lines.push(`  fix: ${fix}`);
  if (isProblemCode(failure.code)) lines.push(`  more: ./parley explain ${failure.code}`);
  terminal.error(`${lines.join("\n")}\n`);
}
