/** A command that could not do what it was asked to: a code of the one table, what is wrong, and what to do about it. */
import type { Diagnostic } from "@parley/contract/api/system";

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
