/**
 * Compares the arms of a sticky release by callers. Whole callers were assigned, and a caller with errors or times of its own has
 * them in every call: as calls these count many times, as a caller once. Nothing is assumed of how callers differ, only that chance assigned them.
 */
import { exactRankSum, type RankSum } from "./rank-sum.ts";

export interface Caller {
  calls: number;
  errors: number;
  conflicts: number;
  /** Those of its times that are in the arm's sample, in milliseconds. */
  timesMs: readonly number[];
}

/** Of callers in an order of chance. */
interface CallersOfArms {
  release: readonly Caller[];
  baseline: readonly Caller[];
}

/** The exact distribution is worked out for so many; of more callers some are taken together, as many in either arm. */
const mostOfSmaller = 16;
const mostOfLarger = 128;

/** Ranks shares of errors or of conflicts: of few calls they are drawn towards what all have, so that one error in one call is no extreme. */
export function moreHits({ release, baseline }: CallersOfArms, of: "errors" | "conflicts"): RankSum {
  const [first, second] = grouped(release, baseline);
  const all = [...first, ...second].flat();
  const usual = total(all, of) / Math.max(1, total(all, "calls"));
  const standing = (group: readonly Caller[]): number => (total(group, of) + 1) / (usual * total(group, "calls") + 1);
  return exactRankSum(first.map(standing), second.map(standing));
}

/** Ranks median times; the release's may be `share` times as long. */
export function longerTimes({ release, baseline }: CallersOfArms, share: number): RankSum {
  const timed = (callers: readonly Caller[]): Caller[] => callers.filter(({ timesMs }) => timesMs.length > 0);
  const [first, second] = grouped(timed(release), timed(baseline));
  return exactRankSum(first.map((group) => medianMs(group) / share), second.map(medianMs));
}

function grouped(release: readonly Caller[], baseline: readonly Caller[]): [release: Caller[][], baseline: Caller[][]] {
  const size = Math.max(1, Math.ceil(Math.min(release.length, baseline.length) / mostOfSmaller));
  const parts = (callers: readonly Caller[]): Caller[][] => Array.from({ length: Math.min(mostOfLarger, Math.floor(callers.length / size)) }, (_, at) => callers.slice(at * size, (at + 1) * size));
  return [parts(release), parts(baseline)];
}

function total(callers: readonly Caller[], of: "calls" | "errors" | "conflicts"): number {
  let sum = 0;
  for (const caller of callers) sum += caller[of];
  return sum;
}

function medianMs(group: readonly Caller[]): number {
  const times = group.flatMap(({ timesMs }) => timesMs).toSorted((one, other) => one - other);
  return times[times.length >> 1] as number;
}
