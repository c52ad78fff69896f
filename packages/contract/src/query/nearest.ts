/** The known word that is fewest edits away, when it is near enough to have been meant. */
export function nearestOf(written: string, known: readonly string[]): string | null {
  const starts = known.filter((word) => written.length >= 3 && (word.startsWith(written) || written.startsWith(word)));
  let best: { word: string; distance: number } | null = null;
  for (const word of [...starts, ...known]) {
    const distance = starts.includes(word) ? 0.5 : editDistance(written, word);
    if (best === null || distance < best.distance) best = { word, distance };
  }
  return best !== null && best.distance <= Math.max(1, Math.floor(written.length / 3)) ? best.word : null;
}

function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 3) return Infinity;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
