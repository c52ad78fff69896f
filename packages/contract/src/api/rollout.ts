/** How the rollout of a release goes: its share of the calls, both arms, the tests that compare them, and what was decided. */
import { z } from "zod";
import { figures } from "./analysis.ts";

/** `rolled-back` gets no calls at all; `manual` is a canary without a rollout. */
const phase = z.enum(["running", "paused", "promoted", "rolled-back"]);

const rolloutEvent = z.object({ at: z.number(), phase, percent: z.number(), actor: z.string(), why: z.string() });
export type RolloutEvent = z.output<typeof rolloutEvent>;

/** Of the calls that an upstream answered: those of the release, and those of what it is compared with. */
const arms = z.object({ release: figures, baseline: figures });

/** One-sided: small where the release is worse. With `tooFewCallers` its calls say worse, and so few callers made them that it may be them. */
const tests = z.array(z.object({
  measure: z.enum(["errors", "conflicts", "latency"]), test: z.enum(["fisher-exact", "mann-whitney", "callers-rank-sum"]), p: z.number(), threshold: z.number(), worse: z.boolean(),
  tooFewCallers: z.object({ release: z.number(), baseline: z.number() }).optional(),
}));

/** What the rollout itself decided last, and by what: `since` then and until `at` the arms were compared, at the share `of`. */
const rolloutDecision = z.object({ at: z.number(), since: z.number(), of: z.number(), phase, percent: z.number(), why: z.string(), looks: z.number(), arms, tests });
export type RolloutDecision = z.output<typeof rolloutDecision>;

/** As it is kept. */
export const rolloutState = z.object({
  /** The canary's settings that it is of. */
  settings: z.string(),
  phase,
  percent: z.number(),
  /** Since when it has this share; Unix milliseconds. */
  since: z.number(),
  /** At this share. */
  looks: z.number(),
  lookedAt: z.number(),
  /** Calls of the release that the last look saw. */
  lookedCalls: z.number().default(0),
  /** The newest hundred, oldest first. */
  events: z.array(rolloutEvent),
  /** Null until there is one. */
  decision: rolloutDecision.nullable().default(null),
});
export type RolloutState = z.output<typeof rolloutState>;

export const rollout = z.object({
  service: z.string(),
  phase: z.union([phase, z.literal("manual")]),
  /** Of the calls that may get it. */
  percent: z.number(),
  /** The share that comes next; null where none does. */
  next: z.number().nullable(),
  /** From when on the arms are compared. */
  since: z.number(),
  to: z.number(),
  looks: z.number(),
  /** Calls that the release needs before it goes on, and the time; null without a rollout. */
  minCalls: z.number().nullable(),
  everyMs: z.number().nullable(),
  /** Of now, at this share. */
  arms,
  tests,
  /** With the figures that it was made by; null until there is one, and without a rollout. */
  decision: rolloutDecision.nullable(),
  events: z.array(rolloutEvent),
});

/** What became of an order; the call log is not asked for it. */
export const orderedRollout = rolloutState.pick({ phase: true, percent: true, since: true, events: true }).extend({ service: z.string() });

export const rolloutOrder = z.strictObject({ order: z.enum(["promote", "rollback", "pause", "resume", "restart"]) });
