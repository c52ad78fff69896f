/** A command that could not do what it was asked to: a code of the one table, what is wrong, and what to do about it. */
import type { Diagnostic } from "@parley/contract/api/system";
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import type { Terminal } from "./terminal.ts";

export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: string;
  /** Replaces the table's advice where this occurrence allows a better one. */
  readonly fix: string | undefined;
  /** What is wrong with the file that the command was given. */
  diagnostics: readonly Diagnostic[] = [];

  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

export function reportFailure(terminal: Terminal, failure: { code: string; message: string; fix?: string | undefined }, json: boolean): void {
  const fix = failure.fix ?? (isProblemCode(failure.code) ? problemEntry(failure.code).fix : undefined);
  if (json) return terminal.error(`${JSON.stringify({ error: { code: failure.code, message: failure.message, ...(fix === undefined ? {} : { fix }) } }, null, 2)}\n`);
  const title = `error[${failure.code}]`;
  const lines = [`${terminal.colour.error ? `\u001B[1;31m${title}\u001B[0m` : title}: ${failure.message}`];
  if (fix !== undefined) lines.push(`  fix: ${fix}`);
  if (isProblemCode(failure.code)) lines.push(`  more: ./parley explain ${failure.code}`);
  terminal.error(`${lines.join("\n")}\n`);
}
