/**
 * Whether a release is worse than what it stands beside: more errors, more conflicts, or slower by more than is allowed.
 * Each step is looked at many times. The k-th look may spend significance / (3·k·(k+1)) on each of the three measures;
 * over however many looks that adds up to the significance, so that this is the chance at most that a step takes back a
 * release that is no worse.
 */
import { type Caller, longerTimes, moreHits } from "./callers.ts";
import type { RankSum } from "./rank-sum.ts";
import { fisherGreater, mannWhitneyGreater } from "./statistics.ts";

export interface Arm {
  calls: number;
  errors: number;
  conflicts: number;
  /** A random sample of times to the answer's head, in milliseconds. */
  latenciesMs: readonly number[];
  /** Where whole callers were assigned: those that called, in an order of chance. */
  callers?: readonly Caller[];
}

export interface JudgeRules {
  significance: number;
  /** Percent that it may be slower. */
  slower: number;
}

export interface Judgement {
  measure: "errors" | "conflicts" | "latency";
  test: "fisher-exact" | "mann-whitney" | "callers-rank-sum";
  p: number;
  /** Below it the release is worse. */
  threshold: number;
  worse: boolean;
  /** Its calls say worse, and so few callers made them that it may be them: how many in either arm. */
  tooFewCallers?: { release: number; baseline: number };
}

type Found = Omit<Judgement, "threshold" | "worse">;

/** `look` counts from 1 in each step. */
export function judge(release: Arm, baseline: Arm, { rules, look }: { rules: JudgeRules; look: number }): Judgement[] {
  const threshold = rules.significance / (3 * look * (look + 1));
  const share = 1 + rules.slower / 100;
  const allowed = release.latenciesMs.map((latency) => latency / share);
  const byCall: Found[] = [
    { measure: "errors", test: "fisher-exact", p: rarer(release, baseline, "errors") },
    { measure: "conflicts", test: "fisher-exact", p: rarer(release, baseline, "conflicts") },
    { measure: "latency", test: "mann-whitney", p: mannWhitneyGreater(allowed, baseline.latenciesMs) },
  ];
  const found = byCall.map((one) => byCallers(one, { release, baseline, share, threshold }));
  return found.map((one) => ({ ...one, threshold, worse: one.tooFewCallers === undefined && one.p < threshold }));
}

interface Sides {
  release: Arm;
  baseline: Arm;
  share: number;
  threshold: number;
}

/** Of a sticky release; without callers it stays a matter of calls. */
function byCallers(byCall: Found, { release, baseline, share, threshold }: Sides): Found {
  if (release.callers === undefined || baseline.callers === undefined) return byCall;
  const { measure } = byCall;
  const sides = { release: release.callers, baseline: baseline.callers };
  const { p, least }: RankSum = measure === "latency" ? longerTimes(sides, share) : moreHits(sides, measure);
  const compared: Found = { measure, test: "callers-rank-sum", p };
  if (byCall.p >= threshold || least < threshold) return compared;
  // Most of it fails, which did not: a caller of that kind is rare, and a broken release is not.
  if (measure !== "latency" && isMost(release, measure) && !isMost(baseline, measure)) return byCall;
  return { ...compared, tooFewCallers: { release: sides.release.length, baseline: sides.baseline.length } };
}

function isMost(arm: Arm, of: "errors" | "conflicts"): boolean {
  return 2 * arm[of] > arm.calls;
}

/** Without calls on both sides there is nothing to compare. */
function rarer(release: Arm, baseline: Arm, of: "errors" | "conflicts"): number {
  if (release.calls === 0 || baseline.calls === 0) return 1;
  return fisherGreater({ hits: release[of], of: release.calls }, { hits: baseline[of], of: baseline.calls });
}
