/** The members that a conflict adds to problem details (RFC 9457), on the wire and in the record. */
import { z } from "zod";
import { conflictCause, conflictSubcause, guaranteeLevel, writeOutcome } from "./cause.ts";

/** RFC 6902, as differences are written. `redacted` stands where a configured pointer hides the value. */
export const change = z.object({ op: z.enum(["add", "remove", "replace"]), path: z.string(), value: z.unknown().optional() });
export type Change = z.infer<typeof change>;

/** A place at which two changes meet. A value that is absent was not there. */
export const overlap = z.object({ pointer: z.string(), base: z.unknown().optional(), theirs: z.unknown().optional(), yours: z.unknown().optional() });
export type Overlap = z.infer<typeof overlap>;

/** The way out, ready to be used: a command for the shell and a call of the client library. */
export const nextStep = z.object({ what: z.string(), curl: z.string(), sdk: z.string() });
export type NextStep = z.infer<typeof nextStep>;

export const conflictMembers = z.object({
  cause: conflictCause,
  subcause: conflictSubcause.optional(),
  /** Who said no. */
  origin: z.enum(["gateway", "upstream"]),
  outcome: writeOutcome,
  guarantee: guaranteeLevel,
  /** Whether sending the very same request again can succeed. */
  retryable: z.boolean(),
  retry: z.object({ strategy: z.enum(["none", "wait", "refetch", "merge"]), afterMs: z.number().optional() }),
  /** The entity-tags that the client sent, as it sent them. */
  expected: z.array(z.string()),
  /** Absent where the caller may not read the resource, or there is none. */
  current: z.object({ etag: z.string().optional(), version: z.number().optional(), changedAt: z.string().optional(), changedBy: z.string().optional() }).optional(),
  base: z.object({ etag: z.string() }).optional(),
  /** From base to current. */
  changes: z.array(change).optional(),
  /** True where `changes` or `conflicts` did not fit. */
  truncated: z.boolean().optional(),
  conflicts: z.array(overlap).optional(),
  upstream: z.object({ status: z.number(), code: z.string().optional() }).optional(),
  /** Who holds the lease, and until when. */
  holder: z.string().optional(),
  expiresAt: z.string().optional(),
  next: nextStep.optional(),
});
export type ConflictMembers = z.infer<typeof conflictMembers>;
