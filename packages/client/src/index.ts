/**
 * A fetch for applications that lets no update be lost: it remembers the ETag of what was read, sends it with every write, and
 * when somebody else was faster reads again and puts the change on top. Works against any server that speaks ETags; of this
 * gateway's it also understands the problems, leases and idempotency keys. Browsers and Node; imports `@parley/merge` only.
 */
export { type CallOptions, type Client, createClient } from "./client.ts";
export type { ClientOptions } from "./options.ts";
export {
  ConflictError, DeadlineError, HttpError, LockLostError, LockedError, MergeConflictError, NoValidatorError, OutcomeUnknownError, ParleyError, RateLimitedError,
} from "./errors.ts";
export type { Lock, LockOptions } from "./lock.ts";
export type { MergeRules, Overlap } from "@parley/merge";
export type { ConflictProblem } from "./problem.ts";
export type { Change, ReadResult } from "./resource.ts";
