/** What makes a start impossible, with the code that explains it. */
import type { ProblemCode } from "@parley/contract/problems/table";

export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
