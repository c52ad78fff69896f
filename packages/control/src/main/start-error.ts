/** What makes a start impossible, with the code that explains it. */
import type { Diagnostic } from "@parley/contract/api/system";
import type { ProblemCode } from "@parley/contract/problems/table";

export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: ProblemCode;
  /** Where the configuration is what makes it impossible: what is wrong with it. */
  readonly diagnostics: readonly Diagnostic[] | undefined;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions & { diagnostics?: readonly Diagnostic[] }) {
    super(message, options);
    this.code = code;
    this.diagnostics = options?.diagnostics;
  }
}
