/** The two arms of a release, and whether what is seen of them differs more than chance explains. */
import type { Answer } from "../../api/types.ts";

type Totals = Answer<"analyse">["totals"];

export interface ArmRate {
  share: number;
  /** The range in which the true share is, in 95 of 100 cases (Wilson). */
  low: number;
  high: number;
}

export function rateOf(count: number, calls: number): ArmRate {
  if (calls === 0) return { share: 0, low: 0, high: 1 };
  const share = count / calls;
  const z = 1.96;
  const centre = (share + (z * z) / (2 * calls)) / (1 + (z * z) / calls);
  const reach = (z * Math.sqrt((share * (1 - share)) / calls + (z * z) / (4 * calls * calls))) / (1 + (z * z) / calls);
  return { share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}

export type Verdict = "too-few" | "no-difference" | "better" | "worse";

const fewest = 30;
/** Two-sided, at 95 %. */
const critical = 1.96;

/** A two-proportion z-test of the canary's share against the stable arm's; a higher share is worse. */
export function compared(canary: { count: number; calls: number }, stable: { count: number; calls: number }): Verdict {
  if (canary.calls < fewest || stable.calls < fewest) return "too-few";
  const pooled = (canary.count + stable.count) / (canary.calls + stable.calls);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / canary.calls + 1 / stable.calls));
  if (deviation === 0) return "no-difference";
  const z = (canary.count / canary.calls - stable.count / stable.calls) / deviation;
  if (Math.abs(z) < critical) return "no-difference";
  return z > 0 ? "worse" : "better";
}

export interface Comparison {
  name: string;
  of: (totals: Totals) => number;
}

export const comparisons: readonly Comparison[] = [
  { name: "Errors (5xx)", of: ({ errors }) => errors },
  { name: "Refused (4xx)", of: ({ refused }) => refused },
  { name: "Conflicts", of: ({ conflicts }) => conflicts },
];
