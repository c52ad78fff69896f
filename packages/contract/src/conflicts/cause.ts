/** Why a write met a conflict. The words are part of the API: they never change their meaning. */
import { z } from "zod";

export const conflictCauses = [
  "concurrent-modification",
  "version-mismatch",
  "state-mismatch",
  "lost-update",
  "busy",
  "locked",
  "idempotency",
  "precondition-required",
  "already-applied",
  "ledger-unavailable",
  "outcome-unknown",
] as const;
export const conflictCause = z.enum(conflictCauses);
export type ConflictCause = z.infer<typeof conflictCause>;

/** What makes a cause precise. Each belongs to one cause. */
export const conflictSubcauses = {
  "concurrent-modification": ["by-consumer", "by-bypass", "overlap", "deleted", "created"],
  "version-mismatch": ["weak-tag", "other-resource", "never-issued", "expired-tag"],
  "state-mismatch": ["duplicate", "lifecycle", "reference", "unspecified"],
  "lost-update": ["put-back", "took-away"],
  busy: ["queue", "lock-delay", "upstream", "contention-budget"],
  locked: ["held", "unknown-token", "expired"],
  idempotency: ["missing", "payload-mismatch", "in-flight", "outcome-unknown"],
  "precondition-required": ["missing", "untagged"],
  "already-applied": ["same-state"],
  "ledger-unavailable": ["down", "deadline"],
  "outcome-unknown": ["lost-response", "lease-lost", "crash"],
} as const satisfies Record<ConflictCause, readonly string[]>;
export type ConflictSubcause = (typeof conflictSubcauses)[ConflictCause][number];
export const conflictSubcause = z.enum([...new Set(Object.values(conflictSubcauses).flat())] as [ConflictSubcause, ...ConflictSubcause[]]);

export const guaranteeLevel = z.enum(["atomic", "serialized", "detect", "none"]);
export type GuaranteeLevel = z.infer<typeof guaranteeLevel>;

/** What became of the write. */
export const writeOutcome = z.enum(["not-applied", "applied", "unknown"]);
export type WriteOutcome = z.infer<typeof writeOutcome>;
