/**
 * The rank-sum test with its exact distribution: all ways to choose so many of the values are counted, ties as they are. Right
 * for a handful of values, and for many equal ones, where approximations are far off in the tail. Pure; for at most a few hundred values.
 */

export interface RankSum {
  /** How likely the first group's ranks would come to so much or more, if it were chosen by chance. */
  p: number;
  /** The smallest that `p` could be with so many of either. */
  least: number;
}

export function exactRankSum(first: readonly number[], second: readonly number[]): RankSum {
  if (first.length === 0 || second.length === 0) return { p: 1, least: 1 };
  const ranks = doubledRanks([...first, ...second]);
  // The smaller group's sum says all there is to say: what is high in the one is low in the other.
  const isFirst = first.length <= second.length;
  const top = 2 * (ranks.length - 1);
  const values = isFirst ? ranks : ranks.map((rank) => top - rank);
  const chosen = isFirst ? values.slice(0, first.length) : values.slice(first.length);
  const ways = waysToSum(values, chosen.length);
  const all = sum(ways);
  return { p: sum(ways.subarray(sum(chosen))) / all, least: 1 / all };
}

/** From 0, twice the mean rank of those that are equal, so that all are whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).toSorted((one, other) => (values[one] as number) - (values[other] as number));
  const ranks = values.map(() => 0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let at = start; at < end; at++) ranks[order[at] as number] = start + end - 1;
    start = end;
  }
  return ranks;
}

/** In how many ways `count` of the values come to each sum. */
function waysToSum(values: readonly number[], count: number): Float64Array {
  const highest = Math.max(...values);
  const ways = Array.from({ length: count + 1 }, () => new Float64Array(count * highest + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const [index, value] of values.entries()) {
    for (let chosen = Math.min(count, index + 1); chosen >= 1; chosen--) {
      const from = ways[chosen - 1] as Float64Array;
      const to = ways[chosen] as Float64Array;
      for (let at = (chosen - 1) * highest; at >= 0; at--) to[at + value] = (to[at + value] as number) + (from[at] as number);
    }
  }
  return ways[count] as Float64Array;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
