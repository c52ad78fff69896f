/** What each mode and strategy would have made of the conflicts that are on record. */
import { z } from "zod";
import { fromTime, ofService, toTime } from "./search-parameters.ts";

export const guardMode = z.enum(["off", "observe", "enforce", "require"]);
export const guardStrategy = z.enum(["reject", "retry", "merge", "serialize", "last-write-wins"]);

/**
 * What would have become of a recorded conflict. `prevented`: an update that was lost would have been refused and explained.
 * `merged`: both changes would be in. `passed`: it would have been repeated and gone through. `restorable`: overwritten, and kept.
 * `refused`: refused and explained, for the client to resolve. `unguarded`: written without being compared. `lost`: overwritten unnoticed.
 * `unknown`: the record does not tell.
 */
export const replayVerdicts = ["prevented", "merged", "passed", "restorable", "refused", "unguarded", "lost", "unknown"] as const;
export const replayVerdict = z.enum(replayVerdicts);
export type ReplayVerdict = z.infer<typeof replayVerdict>;

export const replayCounts = z.object({
  prevented: z.number(), merged: z.number(), passed: z.number(), restorable: z.number(), refused: z.number(), unguarded: z.number(), lost: z.number(), unknown: z.number(),
});

export const replayedOption = z.object({
  mode: guardMode,
  strategy: guardStrategy,
  /** Whether the service is set so now. */
  current: z.boolean(),
  counts: replayCounts,
  /** Of the recorded conflicts, those that nobody would have had to deal with, or that would have cost nothing: prevented, merged and passed. */
  solved: z.number(),
});
export type ReplayedOption = z.infer<typeof replayedOption>;

export const operationAdvice = z.object({
  method: z.string(),
  /** The resource's path with what looks like an id as `{id}`. */
  pattern: z.string(),
  conflicts: z.number(),
  /** Null where nothing would have been better than what is set now. */
  best: replayedOption.omit({ current: true }).nullable(),
  sentence: z.string(),
});

export const serviceAdvice = z.object({
  service: z.string(),
  conflicts: z.number(),
  options: z.array(replayedOption),
  operations: z.array(operationAdvice),
  best: replayedOption.omit({ current: true }).nullable(),
  sentence: z.string(),
});
export type ServiceAdvice = z.infer<typeof serviceAdvice>;

export const adviceQuery = z.object({
  service: ofService,
  from: fromTime("without it a week before `to`"),
  to: toTime(),
});

export const advice = z.object({
  from: z.number(),
  to: z.number(),
  /** Conflicts that were looked at; the newest where `truncated`. */
  considered: z.number(),
  truncated: z.boolean(),
  items: z.array(serviceAdvice),
});

export const previewQuery = z.object({
  mode: guardMode.default("require").describe("The mode that the calls are held to."),
  strategy: guardStrategy.optional().describe("The strategy that they are held to; without it the service's own."),
  from: fromTime("without it a week before `to`"),
  to: toTime(),
});

/** What the calls of the time would have met. */
export const protectionPreview = z.object({
  service: z.string(),
  mode: guardMode,
  strategy: guardStrategy,
  from: z.number(),
  to: z.number(),
  /** PUT, PATCH and DELETE that the upstream carried out. */
  writes: z.number(),
  /** Of them, those that sent If-Match, If-None-Match or If-Unmodified-Since. */
  conditional: z.number(),
  /** Would have been answered 428: changes of what exists without a precondition. */
  preconditionRequired: z.number(),
  /** Would have been answered 412 with an explanation: writes on top of a state that had changed. */
  preconditionFailed: z.number(),
  conflicts: z.number(),
  counts: replayCounts,
  /** What to put into the configuration. */
  yaml: z.string(),
  spec: z.record(z.string(), z.unknown()),
});
export type ProtectionPreview = z.infer<typeof protectionPreview>;
