/** Lost updates in histories whose writes name their predecessor: a second acknowledged successor of one version is one, and so is an acknowledged write that the end does not descend from. */
import type { NamedWrite } from "./history.ts";

export type Violation =
  | { kind: "second-successor"; key: string; predecessor: string | null; writes: string[] }
  | { kind: "not-in-the-end"; key: string; write: string }
  | { kind: "refused-and-there"; key: string; write: string }
  | { kind: "invented"; key: string; version: string }
  | { kind: "circle"; key: string; version: string };

/** `ends` has the version that each key had when all was over; keys that are not in it are judged by successors alone. */
export function findLostUpdates(writes: readonly NamedWrite[], ends: ReadonlyMap<string, string | null> = new Map()): Violation[] {
  const keys = new Set([...writes.map((write) => write.key), ...ends.keys()]);
  return [...keys].flatMap((key) => {
    const own = writes.filter((write) => write.key === key);
    const end = ends.get(key);
    return [...secondSuccessors(key, own), ...(end === undefined ? [] : missingInTheEnd(key, own, end))];
  });
}

function secondSuccessors(key: string, writes: NamedWrite[]): Violation[] {
  const successors = new Map<string | null, string[]>();
  for (const write of writes) {
    if (write.outcome !== "acknowledged") continue;
    successors.set(write.predecessor, [...(successors.get(write.predecessor) ?? []), write.id]);
  }
  return [...successors].filter(([, ids]) => ids.length > 1).map(([predecessor, ids]) => ({ kind: "second-successor", key, predecessor, writes: ids }));
}

/** Walks from the end to the beginning; whatever was acknowledged has to lie on the way. */
function missingInTheEnd(key: string, writes: NamedWrite[], end: string | null): Violation[] {
  const byId = new Map(writes.map((write) => [write.id, write]));
  const way = new Set<string>();
  const found: Violation[] = [];
  for (let version = end; version !== null; ) {
    if (way.has(version)) return [...found, { kind: "circle", key, version }];
    const write = byId.get(version);
    if (!write) return [...found, { kind: "invented", key, version }];
    if (write.outcome === "refused") found.push({ kind: "refused-and-there", key, write: version });
    way.add(version);
    version = write.predecessor;
  }
  const missing = writes.filter((write) => write.outcome === "acknowledged" && !way.has(write.id));
  return [...found, ...missing.map((write) => ({ kind: "not-in-the-end" as const, key, write: write.id }))];
}
