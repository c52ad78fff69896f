/**
 * Whether a release is worse than what it stands beside: more errors, more conflicts, or slower by more than is allowed.
 * Each step is looked at many times. The k-th look may spend significance / (3·k·(k+1)) on each of the three measures;
 * over however many looks that adds up to the significance, so that this is the chance at most that a step takes back a
 * release that is no worse.
 */
import { fisherGreater, mannWhitneyGreater } from "./statistics.ts";

export interface Arm {
  calls: number;
  errors: number;
  conflicts: number;
  /** A random sample of times to the answer's head, in milliseconds. */
  latenciesMs: readonly number[];
}

export interface JudgeRules {
  significance: number;
  /** Percent that it may be slower. */
  slower: number;
}

export interface Judgement {
  measure: "errors" | "conflicts" | "latency";
  test: "fisher-exact" | "mann-whitney";
  p: number;
  /** Below it the release is worse. */
  threshold: number;
  worse: boolean;
}

/** `look` counts from 1 in each step. */
export function judge(release: Arm, baseline: Arm, { rules, look }: { rules: JudgeRules; look: number }): Judgement[] {
  const threshold = rules.significance / (3 * look * (look + 1));
  const share = 1 + rules.slower / 100;
  const allowed = release.latenciesMs.map((latency) => latency / share);
  const found: Omit<Judgement, "threshold" | "worse">[] = [
    { measure: "errors", test: "fisher-exact", p: rarer(release, baseline, "errors") },
    { measure: "conflicts", test: "fisher-exact", p: rarer(release, baseline, "conflicts") },
    { measure: "latency", test: "mann-whitney", p: mannWhitneyGreater(allowed, baseline.latenciesMs) },
  ];
  return found.map((one) => ({ ...one, threshold, worse: one.p < threshold }));
}

/** Without calls on both sides there is nothing to compare. */
function rarer(release: Arm, baseline: Arm, of: "errors" | "conflicts"): number {
  if (release.calls === 0 || baseline.calls === 0) return 1;
  return fisherGreater({ hits: release[of], of: release.calls }, { hits: baseline[of], of: baseline.calls });
}
