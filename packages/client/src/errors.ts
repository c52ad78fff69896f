/** Everything that a client's call can end with, by what the application does about it. */
import type { Overlap } from "@parley/merge";
import type { ConflictProblem } from "./problem.ts";

/** What all the others are. */
export class ParleyError extends Error {
  override readonly name: string = "ParleyError";
}

/** The server answered, and not with a success. */
export class HttpError extends ParleyError {
  override readonly name: string = "HttpError";
  readonly status: number;
  /** Empty where the answer was no problem document. */
  readonly problem: ConflictProblem;

  constructor(status: number, problem: ConflictProblem, message?: string) {
    super(message ?? problem.detail ?? problem.title ?? `the server answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** 409, 412 or 428, and repeating would not help. */
export class ConflictError extends HttpError {
  override readonly name = "ConflictError";
}

/** 423: somebody else's lease outlasted the deadline, or the token is no good. */
export class LockedError extends HttpError {
  override readonly name = "LockedError";
}

/** 429 until the deadline. */
export class RateLimitedError extends HttpError {
  override readonly name = "RateLimitedError";
}

/** Both changed the same places; the application, or a person, has to decide. */
export class MergeConflictError extends ParleyError {
  override readonly name = "MergeConflictError";
  /** 200 at most. */
  readonly conflicts: readonly Overlap[];
  /** What is there now, and the tag to send the decision with. */
  readonly current: unknown;
  readonly etag: string | null;

  constructor(conflicts: readonly Overlap[], current: unknown, etag: string | null) {
    super(`both changes touch ${conflicts.slice(0, 5).map((conflict) => conflict.pointer || "the whole document").join(", ")}`);
    this.conflicts = conflicts;
    this.current = current;
    this.etag = etag;
  }
}

/** The answer was lost, and looking again did not tell whether the write was carried out. */
export class OutcomeUnknownError extends ParleyError {
  override readonly name = "OutcomeUnknownError";
}

/** The deadline passed; `cause` has what stood in the way last. */
export class DeadlineError extends ParleyError {
  override readonly name = "DeadlineError";
}

/** The server sends no ETag that a write could name, or only weak ones, which If-Match never takes. */
export class NoValidatorError extends ParleyError {
  override readonly name = "NoValidatorError";
}

/** The lease ended while the work under it went on; what was written since may have been refused. */
export class LockLostError extends ParleyError {
  override readonly name = "LockLostError";
}

export function errorOf(status: number, problem: ConflictProblem): HttpError {
  if (status === 423) return new LockedError(status, problem);
  if (status === 429) return new RateLimitedError(status, problem);
  return status === 409 || status === 412 || status === 428 ? new ConflictError(status, problem) : new HttpError(status, problem);
}
