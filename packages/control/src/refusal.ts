/** Expected refusals on their way through code that answers something else when all is well; turned into problems in one place. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { ProblemCode } from "@parley/contract/problems/table";

export class RefusalError extends Error {
  override readonly name = "RefusalError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

export function refuse(code: ProblemCode, detail: string, more: Partial<Omit<Refusal, "code" | "detail">> = {}): never {
  throw new RefusalError({ code, detail, ...more });
}

/** What is wrong with one member of the body. */
export interface MemberError {
  pointer: string;
  message: string;
}

/** With `entity` where the body had several, such as `service notes`. */
export function refuseBody(errors: readonly MemberError[], entity?: string): never {
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const of = entity === undefined ? "" : `${entity}: `;
  refuse("invalid-body", first ? `${of}${first.pointer || "the body"}: ${first.message}${more}` : "the body is not valid", { extensions: { errors, ...(entity === undefined ? {} : { entity }) } });
}
