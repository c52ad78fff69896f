/** Names near to one that is not known, for a refusal that helps. */

/** At most `count` of the names, nearest first. Looks at 500 names and 40 characters at most, so that it costs little. */
export function nearest(wanted: string, names: readonly string[], count: number): string[] {
  const short = wanted.slice(0, 40).toLowerCase();
  return names
    .slice(0, 500)
    .map((name) => ({ name, distance: distanceBetween(short, name.slice(0, 40).toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/** A name that holds the other is near, however long it is; else how many letters differ (Levenshtein). */
function distanceBetween(one: string, other: string): number {
  if (one !== "" && (other.includes(one) || one.includes(other))) return Math.abs(one.length - other.length) / 100;
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const change = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
