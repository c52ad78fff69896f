/**
 * The served path that a caller probably meant. The work is capped, because anybody can ask for paths that do not exist:
 * only so many names are looked at, and only those of about the right length are compared letter by letter.
 */
import type { RouteTrie } from "./route-trie.ts";

const maxNamesSeen = 4096;
const maxNamesCompared = 256;
const maxComparedLength = 64;

export function nearestPath(trie: RouteTrie<unknown>, path: string): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  let seen = 0;
  let compared = 0;
  for (const { base, missing, name } of trie.near(path)) {
    if (++seen > maxNamesSeen || compared >= maxNamesCompared) break;
    const segment = name.split("/", 1)[0] as string;
    const allowed = Math.min(bestDistance - 1, Math.max(1, Math.floor(missing.length / 3)));
    if (missing !== "" && !isComparable(segment, missing, allowed)) continue;
    compared++;
    const distance = missing === "" ? segment.length : editDistance(segment, missing);
    if (missing !== "" && distance > allowed) continue;
    if (distance < bestDistance) {
      best = `${base}/${name}`;
      bestDistance = distance;
    }
  }
  return best;
}

function isComparable(name: string, missing: string, allowed: number): boolean {
  return missing.length <= maxComparedLength && Math.abs(name.length - missing.length) <= allowed;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each; case counts nothing. */
function editDistance(one: string, other: string): number {
  const left = one.toLowerCase();
  const right = other.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1;
      let distance = Math.min((last[column] as number) + 1, (current[column - 1] as number) + 1, (last[column - 1] as number) + same);
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) distance = Math.min(distance, (beforeLast[column - 2] as number) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] as number;
}
