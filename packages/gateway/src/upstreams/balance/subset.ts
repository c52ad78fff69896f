/**
 * Which targets one worker of a gateway keeps to, so that a large fleet of gateways does not hold a connection from each worker
 * to each target. Rounds of workers share a shuffled list out among themselves, so that every target is in as many subsets as any
 * other, give or take one (deterministic subsetting, as in "Site Reliability Engineering", chapter 20).
 */
import type { Upstream } from "@parley/contract/config/upstream";
import { hashText } from "./hash-ring.ts";

/** `place` tells this worker from all others; the workers of one gateway follow each other. */
export function subsetOf(upstream: Upstream, place: number): Upstream {
  const { subset, targets, balance } = upstream;
  // Each target is a tier of its own.
  if (subset === undefined || balance === "failover") return upstream;
  const tiers = Map.groupBy(targets.filter(({ weight }) => weight > 0), ({ tier }) => tier);
  const kept = new Set([...tiers.values()].flatMap((members) => membersOf(members, subset.size, place)));
  return { ...upstream, targets: targets.filter((target) => target.weight === 0 || kept.has(target)) };
}

type Target = Upstream["targets"][number];

function membersOf(members: readonly Target[], size: number, place: number): readonly Target[] {
  if (members.length <= size) return members;
  const subsets = Math.floor(members.length / size);
  const round = Math.floor(place / subsets);
  const shuffled = members.toSorted((one, other) => rank(one, round) - rank(other, round) || one.url.localeCompare(other.url));
  const first = (place % subsets) * size;
  return shuffled.slice(first, first + size);
}

/** The same for every worker of a round. */
function rank({ url }: Target, round: number): number {
  return hashText(`${round} ${url}`);
}
