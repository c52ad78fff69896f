/** Why Parley cannot start: a code of the one table, what is wrong this time, and what to do about it. */
import type { ProblemCode } from "@parley/contract/problems/table";

export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: ProblemCode;
  /** Replaces the table's advice where this occurrence allows a better one. */
  readonly fix: string | undefined;

  constructor(code: ProblemCode, message: string, fix?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}
