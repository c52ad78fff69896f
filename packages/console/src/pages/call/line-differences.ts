/** Two texts line by line: what both have, what only the first had, what only the second has. */

export interface DifferenceLine {
  kind: "same" | "first" | "again";
  text: string;
}

/** The table of the longest common subsequence has this many rows and columns at most; what is longer is compared no further. */
const mostLines = 400;

export function lineDifferences(first: string, again: string): DifferenceLine[] {
  const [one, other] = [first.split("\n").slice(0, mostLines), again.split("\n").slice(0, mostLines)];
  const common = commonLengths(one, other);
  const lines: DifferenceLine[] = [];
  let [left, right] = [0, 0];
  while (left < one.length || right < other.length) {
    const [was, is] = [one[left], other[right]];
    if (was !== undefined && was === is) {
      lines.push({ kind: "same", text: was });
      left += 1;
      right += 1;
    } else if (is === undefined || (was !== undefined && (common[left + 1]?.[right] ?? 0) >= (common[left]?.[right + 1] ?? 0))) {
      lines.push({ kind: "first", text: was ?? "" });
      left += 1;
    } else {
      lines.push({ kind: "again", text: is });
      right += 1;
    }
  }
  return lines;
}

/** How many lines the rests from here on have in common, in order. */
function commonLengths(one: readonly string[], other: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let left = one.length - 1; left >= 0; left -= 1) {
    const [row, below] = [table[left], table[left + 1]];
    if (!row || !below) continue;
    for (let right = other.length - 1; right >= 0; right -= 1) row[right] = one[left] === other[right] ? (below[right + 1] ?? 0) + 1 : Math.max(below[right] ?? 0, row[right + 1] ?? 0);
  }
  return table;
}
