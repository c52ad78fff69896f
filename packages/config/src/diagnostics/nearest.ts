/** "Did you mean": the known word that a misspelt one is closest to. */

/** Longer words are not compared; neither keys nor names of ours come near it. */
const maxLength = 64;
/** Comparing with more words than this would make one error in a large file slow. */
const maxCandidates = 20_000;

/** The candidate within about two fifths of the word's length in edits, the closest first; null if none is. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > maxLength) return null;
  let limit = Math.max(1, Math.floor(word.length * 0.45)) + 1;
  let best: string | null = null;
  let compared = 0;
  for (const candidate of candidates) {
    if (++compared > maxCandidates) break;
    if (candidate.length > maxLength || Math.abs(candidate.length - word.length) >= limit) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < limit) [best, limit] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min((last[column] as number) + 1, (current[column - 1] as number) + 1, (last[column - 1] as number) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] as number) + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] as number;
}
