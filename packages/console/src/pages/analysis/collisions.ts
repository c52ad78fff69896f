/** Conflicts by pairs: who met them, and with whom. */

export interface Collisions {
  /** Those with the most first. */
  people: string[];
  /** Met by the first, with the second; with oneself where one's own requests collided. */
  count: (met: string, other: string) => number;
  most: number;
}

const mostPeople = 20;

export function collisionsOf(conflicts: readonly { consumers: readonly string[] }[]): Collisions {
  const pairs = new Map<string, number>();
  const sums = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { consumers } of conflicts) {
    const [met, ...others] = consumers;
    if (met === undefined) continue;
    for (const name of new Set(consumers)) add(sums, name);
    for (const other of others.length > 0 ? new Set(others) : [met]) add(pairs, keyOf(met, other));
  }
  const people = [...sums].toSorted(([, one], [, other]) => other - one).slice(0, mostPeople).map(([name]) => name);
  return { people, count: (met, other) => pairs.get(keyOf(met, other)) ?? 0, most: Math.max(1, ...pairs.values()) };
}

function keyOf(met: string, other: string): string {
  return JSON.stringify([met, other]);
}
